"""Data in parts by provider. Each part is fetched again when it expires, independent of the others."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic

import msgspec
from msgspec.structs import replace
from typing_extensions import TypeVar

from engine.cache import KEPT, Entry
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.store.memory import weigh
from engine.timestamps import AHEAD
from engine.upstream import Upstream
from engine.upstream.fan_out import errors, gather
from engine.upstream.selection import Candidate, available, unavailable
from providers import ProviderError, Unavailable

V = TypeVar("V", default=Any)

RETRIED = 60.0
"""Seconds until a failed part is fetched again, while the other parts are still fresh."""
ROW_BYTES = 700
"""Approximate memory of one row of a list."""


class Part(msgspec.Struct, Generic[V], frozen=True):
    """The result of fetching a part at `time`: a `value`, or the `reason` for a failure.

    It is fetched again after `until`. Times are Unix seconds. A part with both has an old value, because the
    last fetch failed; `expired` is the time of that failure.
    """

    time: float
    until: float
    value: V | None = None
    reason: str | None = None
    expired: float | None = None

    def moved(self, seconds: float) -> "Part[V]":
        """Return the part with its time moved, and due at once, because `until` came from another clock."""
        expired = None if self.expired is None else self.expired + seconds
        return replace(self, time=self.time + seconds, until=0.0, expired=expired)

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return ROW_BYTES * len(self.value) if isinstance(self.value, tuple) else weigh(self.value)


class Parts(msgspec.Struct, Generic[V], frozen=True):
    """Parts by their names in answers."""

    parts: Mapping[str, Part[V]]

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return sum(part.weight for part in self.parts.values())

    def moved(self, seconds: float) -> "Parts[V]":
        """Return the parts with all times moved."""
        return Parts({name: part.moved(seconds) for name, part in self.parts.items()})

    @property
    def values(self) -> dict[str, V]:
        """The values of the parts that have one."""
        return {name: part.value for name, part in self.parts.items() if part.value is not None}

    @property
    def failed(self) -> dict[str, str]:
        """The reasons of the parts that failed, including those with an old value."""
        return {name: part.reason for name, part in self.parts.items() if part.reason is not None}

    def entry(self, value: Any) -> Entry:
        """Return an entry for `value`, built from the parts: as old as the oldest, fresh until one is due."""
        parts = self.parts.values()
        made = min(part.time for part in parts if part.value is not None)
        again = min(part.until for part in parts)
        expires = min([again, *(part.expired for part in parts if part.expired is not None)])
        return Entry(value, made, expires - made, again)


class Gathering:
    """Fetches parts from all providers at once."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock

    def parts(
        self,
        asks: Sequence[Candidate[Any]],
        known: Parts | None,
        kind: Callable[[str], str] = lambda name: "",
    ) -> Parts:
        """Fetch those of `asks` that are due, and take the others from the `known` parts.

        If every provider of a `kind` fails, its old values stay for a day. Raises `AllProvidersFailed` if all
        parts fail.
        """
        old = known.parts if known else {}
        now = self._clock()
        due = [(up, ask) for up, ask in asks if self._is_due(up, old.get(ask.provider), now)]
        failures: dict[str, ProviderError] = unavailable(due, now)
        outcomes = gather(available(due), self._settings.sentiment_deadline_seconds)
        failures |= errors(outcomes)
        values = {outcome.provider: outcome.value for outcome in outcomes if outcome.error is None}
        new = {
            ask.provider: Part(now, now + self._lifetime(upstream), values[ask.provider])
            if ask.provider in values
            else Part(now, now + RETRIED, reason=failures.get(ask.provider, Unavailable()).reason)
            for upstream, ask in due
        }
        parts = {ask.provider: new.get(ask.provider) or old[ask.provider] for _, ask in asks}
        given = {kind(name) for name, part in parts.items() if part.reason is None}
        if not given:
            reasons = {name: Unavailable(reason=part.reason) for name, part in parts.items() if part.reason}
            raise AllProvidersFailed.of({**reasons, **failures})
        return Parts(
            {
                name: _or_old(part, None if kind(name) in given else old.get(name), now)
                for name, part in parts.items()
            }
        )

    def _is_due(self, upstream: Upstream[Any], old: Part | None, now: float) -> bool:
        """Return whether to fetch a part: it is due, or another host's clock set its time too far ahead."""
        return old is None or not now < old.until <= now + self._lifetime(upstream) + AHEAD

    def _lifetime(self, upstream: Upstream[Any]) -> float:
        """Return the seconds that a part is fresh: long enough for the budget to last its period."""
        return max(self._settings.cache_ttl_sentiment, upstream.budget.period / upstream.budget.most)


def _or_old(part: Part, old: Part | None, now: float) -> Part:
    """Return the part. If it failed, add its old value, unless that is too old."""
    if part.reason is None:
        return part
    if old is None or old.value is None or now - old.time >= KEPT:
        return replace(part, value=None, expired=None)
    return replace(part, time=old.time, value=old.value, expired=now)
