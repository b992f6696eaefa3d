"""The clock of this host, measured against the `Date` of what providers answer.

Data is judged by the corrected time: whether a candle is closed, a quote recent, a headline of the future.
What concerns this host alone (ages, budgets, quotas) stays with its own clock, which does not jump.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from statistics import median

from engine.concurrency.locks import Lock
from engine.telemetry.event_log import ClockRight, ClockWrong
from engine.telemetry.events import Publish, discard
from providers import Reply

IGNORED = 2.0
"""An offset of fewer seconds is not corrected: `Date` has whole seconds, and replies take their time."""
PROVIDERS = 3
"""How many must have answered before their median counts."""
AGREEMENT = 3.0
"""Seconds from the median within which most of them must be."""
RECENT = 600.0
"""Seconds for which a reply says something about the clock."""
SLOWEST = 3.0
"""Seconds until the head of a reply after which half of them says too little about when it was written."""
UNREADABLE = (TypeError, ValueError, OverflowError, IndexError)
"""What parsing a `Date` of the wrong shape may raise."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One reply, had at `time` by this host's clock: `offset` seconds have to be added to that."""

    time: float
    offset: float


def sent_at(headers: Mapping[str, str]) -> float | None:
    """When a reply was written by the clock of its sender, in Unix seconds; `None` where it does not say.

    What comes from a cache does not: some caches leave the `Date` of the first answer, some renew it.
    """
    if headers.get("Age", "0").strip() != "0":
        return None
    try:
        moment = parsedate_to_datetime(headers["Date"])
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (KeyError, *UNREADABLE):
        return None
    return seconds + 0.5  # the fraction of a second that it leaves out, on average


def estimate(offsets: Iterable[float]) -> float | None:
    """The median of one offset for each provider; `None` where there are too few or most disagree."""
    known = list(offsets)
    if len(known) < PROVIDERS:
        return None
    centre = median(known)
    agreeing = sum(abs(offset - centre) <= AGREEMENT for offset in known)
    return centre if 2 * agreeing > len(known) else None


class HostClock:
    """Calls to it give Unix seconds as this host has them, `corrected()` as the providers have them."""

    def __init__(self, clock: Callable[[], float], publish: Publish = discard) -> None:
        self._clock = clock
        self._publish = publish
        self._lock = Lock()
        self._samples: dict[str, Sample] = {}
        self.offset: float | None = None
        """Seconds that are added to this host's clock: positive where it is slow, `None` while unknown."""

    def __call__(self) -> float:
        """Unix seconds by this host's own clock."""
        return self._clock()

    def corrected(self) -> float:
        """Unix seconds by the clocks of the providers, as far as they are known."""
        return self.correct(self._clock())

    def correct(self, moment: float) -> float:
        """The corrected time of a `moment` of this host's clock."""
        return moment + (self.offset or 0.0)

    def observe(self, provider: str, reply: Reply) -> None:
        """Take the time from a reply that was complete just now."""
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
        """What to correct by from now on: the same until the estimate is clearly another one."""
        recent = [it.offset for it in self._samples.values() if abs(now - it.time) <= RECENT]
        measured = estimate(recent)
        if measured is None or (self.offset is not None and abs(measured - self.offset) < IGNORED):
            return self.offset
        return measured if abs(measured) >= IGNORED else 0.0
