"""Fetch all candles of a range from one venue, in several calls, within the background's budget."""

import time
from collections.abc import Callable, Iterable

import msgspec

from engine.analysis.candles import Sound
from engine.market.candles.planning import Plan, plans
from engine.market.candles.request import CandleRequest
from engine.market.candles.usual_market import Find, usual
from engine.upstream import BACKGROUND, Upstream
from providers import INTERVALS, CandleSource, Interval, Pair, ProviderError, RateLimited, Unsupported, Window

ATTEMPTS = 5
"""Maximum attempts for a call that the rate limit refuses."""
LONGEST_WAIT = 90.0
"""Maximum seconds to wait for a rate limit each time."""
COARSE = ("1w", "1d")
"""Intervals that show a coin's first candle in one call."""


class Venues(msgspec.Struct, frozen=True):
    """Calls `upstreams` for candles of `pair`, in its market there, which `find` returns.

    `now` gives Unix milliseconds, `wait` sleeps for seconds.
    """

    upstreams: tuple[Upstream[CandleSource], ...]
    pair: Pair
    interval: Interval
    now: Callable[[], int]
    wait: Callable[[float], None] = time.sleep
    find: Find = usual

    def able(self, first: int) -> list[Upstream[CandleSource]]:
        """Return the venues that have this market and keep candles as old as `first`."""
        return [it for it in self.upstreams if self._plan(it, self.interval, Window(1, first, first))]

    def candles(self, upstream: Upstream[CandleSource], first: int, until: int) -> Sound:
        """Return the candles that open in `[first, until)`, and what was left out. Raises `ProviderError`."""
        found, left_out = [], []
        at, last = first, self.interval.after(until, -1)
        while at <= last:
            plan = self._longest(upstream, self.interval, at, last)
            part = self._fetch(plan)
            end = self.interval.after(at, plan.window.limit)
            found += [candle for candle in part.candles if at <= candle.open_time < end]
            left_out += [time for time in part.left_out if at <= time < end]
            at = end
        return Sound(found, tuple(left_out))

    def reaching(self, first: int) -> tuple[Upstream[CandleSource] | None, int | None]:
        """Return the first venue with candles as old as `first`, and when the coin was listed there.

        Each venue is asked at most once, for long candles. If none reaches so far, it is the one with the
        earliest candle. The time is `None` if that venue could not say.
        """
        able = self.able(first)
        begins: dict[str, int] = {}
        for upstream in able:
            listed = self._listed(upstream, first)
            if listed is not None:
                if listed <= first:
                    return upstream, listed
                begins[upstream.name] = listed
        if not begins:
            return (able[0] if able else None), None
        name = min(begins, key=lambda it: begins[it])
        return next(it for it in able if it.name == name), begins[name]

    def _listed(self, upstream: Upstream[CandleSource], first: int) -> int | None:
        """Return the open time of the first long candle from `first` on, `None` if the venue has none."""
        codes = [code for code in COARSE if INTERVALS[code].length >= self.interval.length]
        coarse = next((INTERVALS[it] for it in codes if it in upstream.provider.intervals), self.interval)
        try:
            last = coarse.open_time(self.now())
            plan = self._longest(upstream, coarse, min(coarse.open_time(first), last), last)
            candles = self._fetch(plan).candles
        except ProviderError:
            return None
        return candles[0].open_time if candles else None

    def _longest(self, upstream: Upstream[CandleSource], interval: Interval, first: int, last: int) -> Plan:
        """Return the plan for as many candles from `first` on as one call returns. Raises `Unsupported`."""
        count = interval.count(first, last)
        plan = self._plan(upstream, interval, Window(count, first, last))
        if plan is not None and plan.count < count:
            plan = self._plan(
                upstream, interval, Window(plan.count, first, interval.after(first, plan.count - 1))
            )
        if plan is None:
            raise Unsupported
        return plan

    def _plan(self, upstream: Upstream[CandleSource], interval: Interval, window: Window) -> Plan | None:
        request = CandleRequest("", self.pair, interval, window)
        found = plans([upstream], request, self.now(), self.find)
        return next((it for it in found if it.market == self.pair), None)

    def _fetch(self, plan: Plan) -> Sound:
        upstream = plan.upstream
        weight = upstream.provider.candle_weight * plan.calls
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return upstream.call(lambda: plan.fetch(self.now(), newest=False), weight, BACKGROUND)
            except RateLimited:
                if attempt == ATTEMPTS:
                    raise
                self.wait(self._rest(upstream))
        raise AssertionError("unreachable")

    def _rest(self, upstream: Upstream[CandleSource]) -> float:
        """Return the seconds until the venue may be called again."""
        opened = upstream.circuit.open_state
        until = [upstream.budget.resets_at, *([opened.until] if opened else [])]
        return min(max(0.1, max(until) - self.now() / 1000), LONGEST_WAIT)


def has_market(
    upstreams: Iterable[Upstream[CandleSource]], find: Find, pair: Pair, interval: Interval
) -> bool:
    """Return whether any venue has the market of `pair` in exactly its quote."""
    request = CandleRequest("", pair, interval, Window(1))
    found = (find(upstream.provider, request) for upstream in upstreams)
    return any(it is not None and it.pair == pair for it in found)
