"""Fetch a series: choose providers for its candles, and others for the gaps in it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from engine.analysis.candles import MINIMUM, Sound
from engine.config import Settings
from engine.errors import AllProvidersFailed, InsufficientData
from engine.market.candles.bad_markets import BadMarkets
from engine.market.candles.cross_check import CrossCheck
from engine.market.candles.filling import fill
from engine.market.candles.planning import Plan, plans
from engine.market.candles.renamed import is_same
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import Series
from engine.market.candles.sufficiency import attempt, is_enough, is_servable, longest_known
from engine.market.candles.usual_market import Find, usual
from engine.store import Store
from engine.telemetry.event_log import FallbackTaken
from engine.telemetry.events import Publish, discard
from engine.upstream import Upstream
from engine.upstream.fan_out import Ask, Outcome, errors, first_acceptable
from engine.upstream.host_clock import HostClock
from engine.upstream.selection import available
from providers import BadMarket, CandleSource, Pair, ProviderError, Unsupported


class Fetching:
    """Fetches candles from the first of `upstreams` with an acceptable series.

    `price` returns the verified price of a pair, `None` if there is none. `find` returns a provider's market.
    """

    def __init__(
        self,
        upstreams: Sequence[Upstream[CandleSource]],
        settings: Settings,
        clock: HostClock,
        store: Store,
        price: Callable[[Pair], float | None] = lambda pair: None,
        publish: Publish = discard,
        find: Find = usual,
    ) -> None:
        self.upstreams = upstreams
        self._settings = settings
        self._clock = clock
        self._bad = BadMarkets(store, clock, publish)
        self._price = price
        self._publish = publish
        self._find = find
        self._serving: dict[str, str] = {}

    def now(self) -> int:
        """Return Unix milliseconds by the corrected clock."""
        return int(self._clock.corrected() * 1000)

    def series(self, request: CandleRequest, old: Series | None = None, share: float = 1.0) -> Series:
        """Fetch the series of `request`, or only the new candles if `old` has the others.

        `share` is the share of a provider's budget that the calls may use. Raises an `ApiError`.
        """
        offset = self._clock.offset
        try:
            return self._series(request, old, share)
        except (AllProvidersFailed, InsufficientData):
            if (self._clock.offset or 0.0) == (offset or 0.0):
                raise
            self._bad.forget(self._plans(self.upstreams, request))
            return self._series(request, old, share)  # the failed replies have corrected the clock

    def _series(self, request: CandleRequest, old: Series | None, share: float) -> Series:
        end = time.monotonic() + self._settings.candles_deadline_seconds
        longest = longest_known(old, request)
        chosen = sorted(self._plans(self.upstreams, request), key=lambda plan: plan.upstream.name != longest)
        known = self._bad.known(chosen) if request.newest else {}
        paused = {name for name, pause in known.items() if self._clock() < pause.until}
        asked = [plan for plan in chosen if plan.upstream.name not in paused]
        check = CrossCheck(self._price if request.newest else lambda pair: None)
        outcomes = check.checked(
            first_acceptable(
                available([(plan.upstream, self._ask(plan, request, old, share)) for plan in asked]),
                self._settings.candles_deadline_seconds,
                lambda series: (
                    is_servable(series, request)
                    and check.accepts(series)
                    and (is_enough(series, request) or series.provider == longest)
                ),
            )
        )
        if request.newest:
            self._remember(asked, outcomes, known)
        best = max(
            (outcome.value for outcome in outcomes if outcome.value is not None),
            key=lambda series: (is_servable(series, request), len(series.candles)),
            default=None,
        )
        failures = {**{name: BadMarket() for name in paused}, **errors(outcomes)}
        broken = any(not isinstance(error, Unsupported) for error in failures.values())
        if best is None or (broken and not is_servable(best, request)):
            raise AllProvidersFailed.of(self._reasons(chosen, failures, request.venue))
        if not is_servable(best, request) and request.newest:
            raise InsufficientData.of(len(best.candles), MINIMUM)
        self._publish_fallback(chosen[0].upstream, best.provider, failures)
        attempts = tuple(attempt(outcome, request) for outcome in outcomes)
        others = [plan.upstream for plan in asked if _fills(plan, best)]
        ask = partial(self._ask, old=None, share=share)
        return fill(replace(best, attempts=attempts), request, others, self._plans, ask, end)

    def _plans(self, upstreams: Sequence[Upstream[CandleSource]], request: CandleRequest) -> list[Plan]:
        return plans(upstreams, request, self.now(), self._find)

    def _remember(
        self, asked: Iterable[Plan], outcomes: Iterable[Outcome[Series]], known: Iterable[str]
    ) -> None:
        """Pause bad markets, and delete the pauses of `known` ones that work again."""
        plan_of = {plan.upstream.name: plan for plan in asked}
        for outcome in outcomes:
            if isinstance(outcome.error, BadMarket):
                self._bad.failed(plan_of[outcome.provider], outcome.error.reason, str(outcome.error))
            elif outcome.value is not None and outcome.provider in known:
                self._bad.forget([plan_of[outcome.provider]])

    def _ask(self, plan: Plan, request: CandleRequest, old: Series | None, share: float) -> Ask[Series]:
        upstream = plan.upstream
        call = partial(self._call, plan, request, old, share)
        return Ask(upstream.name, call, upstream.pool, upstream.patience, upstream.timed_out)

    def _call(self, plan: Plan, request: CandleRequest, old: Series | None, share: float) -> Series:
        if old is not None and (tail := self._tail(plan, request, old)):
            newer, left_out = self._candles(tail, request, share)
            if newer and newer[0].open_time == tail.window.start:
                return old.joined(newer, (), left_out)
        candles, left_out = self._candles(plan, request, share)
        return Series(
            plan.upstream.name,
            plan.market,
            tuple(candles),
            resampled_from=None if plan.source_interval is plan.interval else plan.source_interval.code,
            asked_from=plan.window.bounds(plan.interval, self.now())[0],
            left_out=left_out,
            whole=plan.complete or len(candles) < plan.count,
            listed=plan.listed,
            asked_at=self.now(),
        )

    def _tail(self, plan: Plan, request: CandleRequest, old: Series) -> Plan | None:
        """Return a plan for the new candles only, if `old` is of this market and has all earlier ones."""
        same_market = old.provider == plan.upstream.name and is_same(old.listed, plan.listed)
        window = old.tail(request.interval, self.now())
        if not same_market or window is None or not old.covers(request.window, request.interval, self.now()):
            return None
        tail = self._plans([plan.upstream], replace(request, window=window, closed_only=False))
        if not tail or not tail[0].complete or not is_same(tail[0].listed, plan.listed):
            return None  # the provider renamed the market since the window opened
        return tail[0]

    def _candles(self, plan: Plan, request: CandleRequest, share: float) -> Sound:
        weight = plan.upstream.provider.candle_weight * plan.calls
        return plan.upstream.call(lambda: plan.fetch(self.now(), newest=request.newest), weight, share)

    def _publish_fallback(
        self, first: Upstream[CandleSource], served: str, failures: Mapping[str, ProviderError]
    ) -> None:
        """Publish a change of the provider that replaces the first choice, except for a bad market."""
        if isinstance(failures.get(first.name), BadMarket):
            return
        known = self._serving.get(first.name, first.name)
        self._serving[first.name] = served
        if served not in (first.name, known):
            error = failures.get(first.name)
            opened = first.circuit.open_state
            reason = error.reason if error else opened.reason if opened else "Timeout"
            now = self._clock()
            self._publish(FallbackTaken(now, served, "/api/ohlcv", instead_of=first.name, reason=reason))

    def _reasons(
        self, chosen: Sequence[Plan], failures: Mapping[str, ProviderError], venue: str | None
    ) -> dict[str, ProviderError]:
        """Return the reason of each provider, including those that were not called."""
        known = dict(failures)
        for plan in chosen:
            if plan.upstream.name not in known and (opened := plan.upstream.circuit.open_state):
                known[plan.upstream.name] = opened.error(self._clock())
        asked = {plan.upstream.name for plan in chosen}
        meant = [up.name for up in self.upstreams if venue in (None, up.name)]
        known |= {name: Unsupported() for name in meant if name not in asked}
        return {name: known[name] for name in meant if name in known}


def _fills(plan: Plan, series: Series) -> bool:
    """Return whether the plan's provider may fill gaps in `series`: it is another one with the same quote."""
    elsewhere = plan.upstream.name != series.provider and plan.upstream.circuit.open_state is None
    return elsewhere and plan.market.quote == series.market.quote
