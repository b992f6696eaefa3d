"""Candles: the first provider that can serve them well, in order."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

from engine.candles import MINIMUM, closed, gaps
from engine.config import Settings
from engine.errors import AllProvidersFailed, InsufficientData, InvalidRequest
from engine.fanout import Ask, Outcome, errors, first_good
from engine.freshness import Answer, Freshness
from engine.market._plan import Plan, Wanted, plans
from engine.upstream import Upstream
from providers import INTERVALS, Candle, CandleSource, Interval, ProviderError, Unsupported

LEAST_SECONDS = 5
FINAL = 86_400
"""Seconds that a window which lies in the past is kept as fresh: nothing in it will change."""

log = logging.getLogger(__name__)


def lifetime(interval: Interval, ceiling: float) -> float:
    """Seconds that the newest candles are fresh: a twelfth of the interval, within bounds."""
    most = ceiling if interval.length <= INTERVALS["1h"].length else 3 * ceiling
    return min(max(interval.length / 12_000, LEAST_SECONDS), most)


class Candles:
    """Serves candles from `upstreams`, the first that can and does."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[CandleSource]],
        pool: Executor,
        freshness: Freshness,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self.upstreams = upstreams
        self._pool = pool
        self._freshness = freshness
        self._settings = settings
        self._clock = clock

    def serve(self, wanted: Wanted) -> Answer:
        """The answer to `wanted`. Raises an `ApiError` with the reasons where there is none."""
        window = wanted.window
        first, last = wanted.within(self._now()).bounds(wanted.interval, self._now())
        if first > last:
            raise InvalidRequest(
                "No candle opens in this window", {"startTime": ["no candle opens after it"]}
            )
        key = (
            f"candles:{wanted.symbol}:{wanted.interval.code}:{window.limit}"
            f":{window.start}:{window.end}:{wanted.closed_only}"
        )
        return self._freshness.serve(key, partial(self._make, wanted))

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _make(self, wanted: Wanted) -> Answer:
        now = self._now()
        chosen = plans(self.upstreams, wanted, now)
        outcomes = first_good(
            self._pool,
            [self._ask(plan, wanted) for plan in chosen],
            self._settings.candles_deadline_seconds,
            lambda candles: _enough(candles, wanted),
        )
        best = max(
            (outcome for outcome in outcomes if outcome.value is not None),
            key=lambda outcome: len(outcome.value or ()),
            default=None,
        )
        failures = errors(outcomes)
        if best is None or (failures and not _enough(best.value or [], wanted)):
            raise AllProvidersFailed(self._reasons(chosen, failures))
        if wanted.newest and len(best.value or ()) < MINIMUM:
            raise InsufficientData(len(best.value or ()), MINIMUM)
        plan = next(plan for plan in chosen if plan.upstream.name == best.provider)
        return self._answer(wanted, plan, best.value or [], outcomes)

    def _ask(self, plan: Plan, wanted: Wanted) -> Ask[list[Candle]]:
        def fetch() -> list[Candle]:
            return plan.fetch(self._now(), newest=wanted.newest)

        return Ask(plan.upstream.name, partial(plan.upstream.call, fetch), plan.upstream.patience)

    def _reasons(
        self, chosen: Sequence[Plan], failures: Mapping[str, ProviderError]
    ) -> dict[str, ProviderError]:
        """Why each provider gave nothing, those that could not even be asked included."""
        asked = {plan.upstream.name for plan in chosen}
        skipped = {up.name: Unsupported() for up in self.upstreams if up.name not in asked}
        return {up.name: reason for up in self.upstreams if (reason := {**skipped, **failures}.get(up.name))}

    def _answer(
        self, wanted: Wanted, plan: Plan, candles: list[Candle], outcomes: list[Outcome[list[Candle]]]
    ) -> Answer:
        now = self._now()
        finished = not candles or closed(candles[-1], wanted.interval, now)
        body = {
            "data": [_row(candle) for candle in candles],
            "symbol": wanted.symbol,
            "interval": wanted.interval.code,
            "count": len(candles),
            "source": self._settings.label(plan.upstream.name),
        }
        meta: dict[str, object] = {
            "quote": plan.market.quote,
            "lastCandleClosed": finished if candles else None,
            "gaps": gaps(candles, wanted.interval),
            "attempts": [_attempt(outcome, wanted) for outcome in outcomes],
        }
        if plan.source_interval is not plan.interval:
            meta["resampledFrom"] = plan.source_interval.code
        return Answer.of(body, meta, now / 1000, self._lifetime(wanted, candles, finished, now))

    def _lifetime(self, wanted: Wanted, candles: Sequence[Candle], finished: bool, now: int) -> float:
        """Until the forming candle closes at the latest: then there is a new one to be had."""
        end, start = wanted.window.end, wanted.window.start
        past = end is not None and end + wanted.interval.length <= now
        if finished and (past or (start is not None and len(candles) == wanted.window.limit)):
            return FINAL
        next_open = wanted.interval.open_time(now) + wanted.interval.length
        usual = lifetime(wanted.interval, self._settings.cache_ttl_ohlcv)
        return min(usual, (next_open - now) / 1000)


def _enough(candles: Sequence[Candle], wanted: Wanted) -> bool:
    return len(candles) >= (MINIMUM if wanted.newest else 1)


def _row(candle: Candle) -> dict[str, object]:
    return {
        "timestamp": candle.open_time,
        "open": candle.open,
        "high": candle.high,
        "low": candle.low,
        "close": candle.close,
        "volume": candle.volume,
    }


def _attempt(outcome: Outcome[list[Candle]], wanted: Wanted) -> dict[str, object]:
    if outcome.error:
        word = outcome.error.reason
    else:
        word = "ok" if _enough(outcome.value or [], wanted) else "Insufficient data"
    return {"provider": outcome.provider, "outcome": word, "latencyMs": round(outcome.seconds * 1000)}
