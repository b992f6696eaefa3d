"""Markets that are of no use for a while, provider by provider: empty, halted, odd, or another one's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.market.candles.planning import Plan
from engine.store import Store
from engine.telemetry.event_log import MarketFailed
from engine.telemetry.events import Publish
from engine.timestamps import AHEAD

FIRST_REST = 30.0
"""Seconds that a market is not asked for after the first bad answer. Each further one doubles them."""
LONGEST_REST = 600.0


@dataclass(frozen=True, slots=True)
class Rest:
    """A market is not asked for before `until` (Unix seconds), which is `seconds` after it failed."""

    until: float
    seconds: float

    def within(self, now: float) -> "Rest":
        """The same, over where it would last longer than it is: another host's clock has said until when."""
        return self if self.until - now <= self.seconds + AHEAD else Rest(now, self.seconds)


class BadMarkets:
    """Remembers them for all workers, each interval by itself. The venue's circuit knows nothing of it."""

    def __init__(self, store: Store, clock: Callable[[], float], publish: Publish) -> None:
        self._store = store
        self._clock = clock
        self._publish = publish

    def known(self, plans: Iterable[Plan]) -> dict[str, Rest]:
        """The rests of the markets of `plans` by provider, those included that are over."""
        keys = {plan.upstream.name: _key(plan) for plan in plans}
        rests = self._store.several([*keys.values()], Rest)
        now = self._clock()
        return {name: rest.within(now) for name, rest in zip(keys, rests, strict=True) if rest is not None}

    def failed(self, plan: Plan, reason: str, detail: str) -> None:
        """Let the market rest: it was asked for its newest candles, and its answer cannot be used."""
        known = self.known([plan]).get(plan.upstream.name)
        now = self._clock()
        if known is not None and now < known.until:
            return
        seconds = FIRST_REST if known is None else min(2 * known.seconds, LONGEST_REST)
        self._store.set(_key(plan), Rest(now + seconds, seconds), seconds + LONGEST_REST)
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
        """Ask for these markets again as if nothing had been wrong with them."""
        for plan in plans:
            self._store.delete(_key(plan))


def _key(plan: Plan) -> str:
    market = f"{plan.market.base.code}{plan.market.quote}"
    return f"circuit:market:{plan.upstream.name}:{market}:{plan.interval.code}"
