"""Pause markets of a provider whose candles are unusable: empty, halted, implausible or of another market."""

from collections.abc import Callable, Iterable

import msgspec

from engine.market.candles.planning import Plan
from engine.store import Store
from engine.telemetry.event_log import MarketFailed
from engine.telemetry.events import Publish
from engine.timestamps import AHEAD

FIRST_PAUSE = 30.0
"""Seconds of the first pause after a bad answer. Each further bad answer doubles them."""
LONGEST_PAUSE = 600.0


class Pause(msgspec.Struct, frozen=True):
    """A market is not requested before `until` (Unix seconds), which is `seconds` after its failure."""

    until: float
    seconds: float

    def within(self, now: float) -> "Pause":
        """Return the pause, which is over at once if another host's clock set its end too far ahead."""
        return self if self.until - now <= self.seconds + AHEAD else Pause(now, self.seconds)


class BadMarkets:
    """Stores the pauses for all workers, by market and interval, independent of the provider's circuit."""

    def __init__(self, store: Store, clock: Callable[[], float], publish: Publish) -> None:
        self._store = store
        self._clock = clock
        self._publish = publish

    def known(self, plans: Iterable[Plan]) -> dict[str, Pause]:
        """Return the pauses of the markets of `plans` by provider, including those that are over."""
        keys = {plan.upstream.name: _key(plan) for plan in plans}
        pauses = self._store.get_many([*keys.values()], Pause)
        now = self._clock()
        return {name: it.within(now) for name, it in zip(keys, pauses, strict=True) if it is not None}

    def failed(self, plan: Plan, reason: str, detail: str) -> None:
        """Pause a market whose newest candles are unusable."""
        known = self.known([plan]).get(plan.upstream.name)
        now = self._clock()
        if known is not None and now < known.until:
            return
        seconds = FIRST_PAUSE if known is None else min(2 * known.seconds, LONGEST_PAUSE)
        self._store.set(_key(plan), Pause(now + seconds, seconds), seconds + LONGEST_PAUSE)
        self._publish(
            MarketFailed(
                now,
                plan.upstream.name,
                "/api/ohlcv",
                market=f"{plan.market.base.code}/{plan.market.quote} {plan.interval.code}",
                until=now + seconds,
                reason=reason,
                detail=detail,
            )
        )

    def forget(self, plans: Iterable[Plan]) -> None:
        """Delete the pauses of these markets."""
        for plan in plans:
            self._store.delete(_key(plan))


def _key(plan: Plan) -> str:
    return f"circuit:market:{plan.upstream.name}:{plan.market.key}:{plan.interval.code}"
