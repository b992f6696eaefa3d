"""Things that are made of many parts: each is asked for again when its own time is over, and only then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

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
"""Seconds after which what failed is asked for again while the rest is still good."""
ROW_BYTES = 700
"""What one row of a list takes in memory, roughly."""


@dataclass(frozen=True, slots=True)
class Part(Generic[V]):
    """What came of asking for a part at `time`: a `value`, or the `reason` that there is none.

    It is not asked for again before `until`. Times are Unix seconds. With both it is an old value of what
    can no longer be had, and `expired` is when that was found out.
    """

    time: float
    until: float
    value: V | None = None
    reason: str | None = None
    expired: float | None = None

    def moved(self, seconds: float) -> "Part[V]":
        """The same with its time moved, to be asked for anew: when that is was another clock's word."""
        expired = None if self.expired is None else self.expired + seconds
        return replace(self, time=self.time + seconds, until=0.0, expired=expired)

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory."""
        return ROW_BYTES * len(self.value) if isinstance(self.value, tuple) else weigh(self.value)


@dataclass(frozen=True, slots=True)
class Parts(Generic[V]):
    """Parts by the names they are told under."""

    parts: Mapping[str, Part[V]]

    @property
    def weight(self) -> int:
        """Bytes that they take in memory."""
        return sum(part.weight for part in self.parts.values())

    def moved(self, seconds: float) -> "Parts[V]":
        """The same with the times of all moved."""
        return Parts({name: part.moved(seconds) for name, part in self.parts.items()})

    @property
    def values(self) -> dict[str, V]:
        """What there is."""
        return {name: part.value for name, part in self.parts.items() if part.value is not None}

    @property
    def failed(self) -> dict[str, str]:
        """The reasons of what there is not, or not any more."""
        return {name: part.reason for name, part in self.parts.items() if part.reason is not None}

    def entry(self, value: Any) -> Entry:
        """`value`, which was made of these: as old as the oldest of them, fresh until the first is due."""
        parts = self.parts.values()
        made = min(part.time for part in parts if part.value is not None)
        again = min(part.until for part in parts)
        expires = min([again, *(part.expired for part in parts if part.expired is not None)])
        return Entry(value, made, expires - made, again)


class Gathering:
    """Asks for all parts at once."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock

    def parts(
        self,
        asks: Sequence[Candidate[Any]],
        known: Parts | None,
        kind: Callable[[str], str] = lambda name: "",
    ) -> Parts:
        """What is due of `asks` is asked for, the rest is taken from what is `known`.

        What nobody gives of a `kind` any more stays as it was for a day. Raises `AllProvidersFailed` where
        nobody gives anything.
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
        """Whether it is to be asked for: also where another host's clock says that it lasts for too long."""
        return old is None or not now < old.until <= now + self._lifetime(upstream) + AHEAD

    def _lifetime(self, upstream: Upstream[Any]) -> float:
        """Not shorter than that its budget lasts for all of its period."""
        return max(self._settings.cache_ttl_sentiment, upstream.budget.period / upstream.budget.most)


def _or_old(part: Part, old: Part | None, now: float) -> Part:
    """The part; where it failed, with its old value if there is one that is not too old."""
    if part.reason is None:
        return part
    if old is None or old.value is None or now - old.time >= KEPT:
        return replace(part, value=None, expired=None)
    return replace(part, time=old.time, value=old.value, expired=now)
