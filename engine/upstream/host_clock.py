"""The clock of this host, compared with the `Date` headers of providers.

The corrected time judges data: whether a candle is closed, a quote recent, a headline in the future. The
host's own clock, which does not jump, measures what concerns this host alone: ages, budgets, quotas.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from statistics import median

import msgspec

from engine.concurrency.locks import Lock
from engine.telemetry.event_log import ClockRight, ClockWrong
from engine.telemetry.events import Publish, discard
from providers import Reply

IGNORED = 2.0
"""Smaller offsets are not corrected: `Date` has whole seconds, and replies take time."""
PROVIDERS = 3
"""How many providers must have answered before their median counts."""
AGREEMENT = 3.0
"""Seconds from the median within which most offsets must be."""
RECENT = 600.0
"""Seconds for which a reply counts."""
SLOWEST = 3.0
"""A reply whose head took longer says too little about when it was written."""
UNREADABLE = (TypeError, ValueError, OverflowError, IndexError)
"""What parsing a malformed `Date` may raise."""


class Sample(msgspec.Struct, frozen=True):
    """One reply, received at `time` by this host's clock, which was `offset` seconds behind the sender's."""

    time: float
    offset: float


def sent_at(headers: Mapping[str, str]) -> float | None:
    """Return when the sender wrote a reply, in Unix seconds; `None` if the headers do not say.

    Replies from a cache do not: some caches keep the `Date` of the first answer, some renew it.
    """
    if headers.get("Age", "0").strip() != "0":
        return None
    try:
        moment = parsedate_to_datetime(headers["Date"])
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (KeyError, *UNREADABLE):
        return None
    return seconds + 0.5  # half of the second that `Date` truncates


def estimate(offsets: Iterable[float]) -> float | None:
    """Return the median of one offset for each provider; `None` if there are too few or most disagree."""
    known = list(offsets)
    if len(known) < PROVIDERS:
        return None
    centre = median(known)
    agreeing = sum(abs(offset - centre) <= AGREEMENT for offset in known)
    return centre if 2 * agreeing > len(known) else None


class HostClock:
    """Returns this host's Unix seconds when called, and the providers' from `corrected()`."""

    def __init__(self, clock: Callable[[], float], publish: Publish = discard) -> None:
        self._clock = clock
        self._publish = publish
        self._lock = Lock()
        self._samples: dict[str, Sample] = {}
        self.offset: float | None = None
        """Seconds to add to this host's clock: positive where it is slow, `None` while unknown."""

    def __call__(self) -> float:
        """Return Unix seconds by this host's own clock."""
        return self._clock()

    def corrected(self) -> float:
        """Return Unix seconds by the providers' clocks, as far as they are known."""
        return self.correct(self._clock())

    def correct(self, moment: float) -> float:
        """Return the corrected time of a `moment` of this host's clock."""
        return moment + (self.offset or 0.0)

    def observe(self, provider: str, reply: Reply) -> None:
        """Measure the clock with a reply that was completed just now."""
        written = sent_at(reply.headers)
        if written is None or reply.head_seconds > SLOWEST:
            return
        now = self._clock()
        middle = now - reply.body_seconds - reply.head_seconds / 2
        with self._lock:
            self._samples[provider] = Sample(now, written - middle)
            before, self.offset = self.offset, self._revised(now)
            after = self.offset
        if after and after != before:
            self._publish(ClockWrong(now, offset=after))
        elif before and not after:
            self._publish(ClockRight(now))

    def _revised(self, now: float) -> float | None:
        """Return the correction from now on; it changes only when the estimate clearly differs."""
        recent = [it.offset for it in self._samples.values() if abs(now - it.time) <= RECENT]
        measured = estimate(recent)
        if measured is None or (self.offset is not None and abs(measured - self.offset) < IGNORED):
            return self.offset
        return measured if abs(measured) >= IGNORED else 0.0
