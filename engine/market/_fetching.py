"""Fetching a series: whom to ask for how much of it, and whom for what is missing in the middle."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from engine.candles import MINIMUM, check
from engine.config import Settings
from engine.errors import AllProvidersFailed, InsufficientData
from engine.events import FallbackTaken, Tell, ignore
from engine.fanout import Ask, Outcome, errors, first_good
from engine.host_clock import HostClock
from engine.market._asking import let_in
from engine.market._plan import Plan, Wanted, plans
from engine.market._series import Series
from engine.upstream import Upstream
from providers import Candle, CandleSource, ProviderError, Unsupported, Window

GAPS_LOOKED_UP = 3
"""How many holes of one answer are looked up elsewhere."""
SECONDS_FOR_GAPS = 2.0


class Fetching:
    """Fetches candles from the first of `upstreams` that serves them well."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[CandleSource]],
        settings: Settings,
        clock: HostClock,
        tell: Tell = ignore,
    ) -> None:
        self.upstreams = upstreams
        self._settings = settings
        self._clock = clock
        self._tell = tell
        self._serving: dict[str, str] = {}

    def now(self) -> int:
        """Unix milliseconds, by the corrected clock."""
        return int(self._clock.corrected() * 1000)

    def series(self, wanted: Wanted, old: Series | None = None, share: float = 1.0) -> Series:
        """The series of `wanted`, which only what is new is asked for where `old` has the rest.

        `share` is how much of a provider's budget it may take. Raises an `ApiError`.
        """
        offset = self._clock.offset
        try:
            return self._series(wanted, old, share)
        except (AllProvidersFailed, InsufficientData):
            if (self._clock.offset or 0.0) == (offset or 0.0):
                raise
            return self._series(wanted, old, share)  # the replies were judged by a clock that they put right

    def _series(self, wanted: Wanted, old: Series | None, share: float) -> Series:
        end = time.monotonic() + self._settings.candles_deadline_seconds
        chosen = plans(self.upstreams, wanted, self.now())
        outcomes = first_good(
            let_in([(plan.upstream, self._ask(plan, wanted, old, share)) for plan in chosen]),
            self._settings.candles_deadline_seconds,
            lambda series: _enough(series, wanted),
        )
        best = max(
            (outcome.value for outcome in outcomes if outcome.value is not None),
            key=lambda series: len(series.candles),
            default=None,
        )
        failures = errors(outcomes)
        broken = any(not isinstance(error, Unsupported) for error in failures.values())
        if best is None or (broken and not _enough(best, wanted)):
            raise AllProvidersFailed.of(self._reasons(chosen, failures))
        if not _enough(best, wanted) and wanted.newest:
            raise InsufficientData.of(len(best.candles), MINIMUM)
        self._tell_fallback(chosen[0].upstream, best.provider, failures)
        told = tuple(_attempt(outcome, wanted) for outcome in outcomes)
        return self._patched(replace(best, attempts=told), chosen, wanted, share, end)

    def _ask(self, plan: Plan, wanted: Wanted, old: Series | None, share: float) -> Ask[Series]:
        upstream = plan.upstream
        call = partial(self._call, plan, wanted, old, share)
        return Ask(upstream.name, call, upstream.pool, upstream.statistics.patience, upstream.silent)

    def _call(self, plan: Plan, wanted: Wanted, old: Series | None, share: float) -> Series:
        if old is not None and (tail := self._tail(plan, wanted, old)):
            newer = self._candles(tail, share, newest=True)
            if newer and newer[0].open_time == tail.window.start:
                return old.joined(newer, ())
        candles = self._candles(plan, share, newest=wanted.newest)
        return Series(
            plan.upstream.name,
            plan.market,
            tuple(candles),
            resampled_from=None if plan.source_interval is plan.interval else plan.source_interval.code,
            asked_from=plan.window.bounds(plan.interval, self.now())[0],
        )

    def _tail(self, plan: Plan, wanted: Wanted, old: Series) -> Plan | None:
        """A plan for what is new, where this provider's own series has all before that."""
        own = (old.provider, old.market) == (plan.upstream.name, plan.market)
        window = old.tail(wanted.interval, self.now())
        if not own or window is None or not old.covers(wanted.window, wanted.interval, self.now()):
            return None
        tail = plans([plan.upstream], replace(wanted, window=window, closed_only=False), self.now())
        return tail[0] if tail and tail[0].whole else None

    def _candles(self, plan: Plan, share: float, *, newest: bool) -> list[Candle]:
        weight = plan.upstream.provider.candle_weight
        return plan.upstream.call(lambda: plan.fetch(self.now(), newest=newest), weight, share)

    def _patched(
        self, series: Series, chosen: Sequence[Plan], wanted: Wanted, share: float, end: float
    ) -> Series:
        """With what other providers of the same quote have in the holes of this one's series, until `end`."""
        others = [
            plan.upstream
            for plan in chosen
            if plan.upstream.name != series.provider
            and plan.market.quote == series.market.quote
            and plan.upstream.circuit.shut is None
        ]
        for first, last in series.gaps(wanted.interval)[:GAPS_LOOKED_UP]:
            limit = (last - first) // wanted.interval.length + 1
            hole = replace(wanted, window=Window(limit, first, last), closed_only=False)
            asks = [self._ask(plan, hole, None, share) for plan in plans(others, hole, self.now())]
            seconds = min(SECONDS_FOR_GAPS, end - time.monotonic())
            found = first_good(asks, seconds, lambda other: bool(other.candles))
            if found and found[-1].value and found[-1].value.candles:
                series = series.patched(found[-1].value.candles, found[-1].provider)
            elif any(outcome.value is not None for outcome in found):
                series = replace(series, sought=series.sought | {(first, last)})
        if series.filled:
            check(series.candles, wanted.interval, self.now(), newest=False)
        return series

    def _tell_fallback(
        self, first: Upstream[CandleSource], served: str, failures: Mapping[str, ProviderError]
    ) -> None:
        """Tell who stands in for the first choice, when that changes."""
        known = self._serving.get(first.name, first.name)
        self._serving[first.name] = served
        if served not in (first.name, known):
            error = failures.get(first.name)
            shut = first.circuit.shut
            reason = error.reason if error else shut.reason if shut else "Timeout"
            now = self._clock()
            self._tell(FallbackTaken(now, served, "/api/ohlcv", instead_of=first.name, reason=reason))

    def _reasons(
        self, chosen: Sequence[Plan], failures: Mapping[str, ProviderError]
    ) -> dict[str, ProviderError]:
        """Why each provider gave nothing, those that could not even be asked included."""
        known = dict(failures)
        for plan in chosen:
            if plan.upstream.name not in known and (shut := plan.upstream.circuit.shut):
                known[plan.upstream.name] = shut.error(self._clock())
        asked = {plan.upstream.name for plan in chosen}
        known |= {up.name: Unsupported() for up in self.upstreams if up.name not in asked}
        return {up.name: known[up.name] for up in self.upstreams if up.name in known}


def _enough(series: Series, wanted: Wanted) -> bool:
    return len(series.candles) >= (MINIMUM if wanted.newest else 1)


def _attempt(outcome: Outcome[Series], wanted: Wanted) -> dict[str, object]:
    if outcome.error:
        word = outcome.error.reason
    else:
        word = "ok" if outcome.value and _enough(outcome.value, wanted) else "Insufficient data"
    return {"provider": outcome.provider, "outcome": word, "latencyMs": round(outcome.seconds * 1000)}
