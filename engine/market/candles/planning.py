"""Plan which providers can serve a request for candles, how, and in which order. Pure functions."""

from collections.abc import Iterable

import msgspec

from engine.analysis.candles import MAY_BE_SHORT, MINIMUM, RESAMPLED_FROM, Sound, check, resample, sound
from engine.market.candles.renamed import Names, candles_of
from engine.market.candles.request import CandleRequest
from engine.market.candles.usual_market import Find, usual
from engine.upstream import Upstream
from providers import INTERVALS, BadMarket, Candle, CandleSource, Interval, Market, Pair, Window


class Plan(msgspec.Struct, frozen=True):
    """How `upstream` would serve a request: its market, as `listed` there, and `count` candles of it.

    It is `complete` if these are all candles of the request. Candles before `since` (Unix milliseconds)
    belong to another coin. `names` are the market's names within the window, if it has several.
    """

    upstream: Upstream[CandleSource]
    market: Pair
    listed: Market
    interval: Interval
    window: Window
    source_interval: Interval
    source_window: Window
    count: int
    complete: bool
    since: int | None = None
    names: Names = ()

    @property
    def calls(self) -> int:
        """Return the maximum number of calls to the provider."""
        return max(1, len(self.names))

    def fetch(self, now: int, *, newest: bool) -> Sound:
        """Fetch the candles and check them. Raises a `ProviderError`.

        An invalid candle among the newest ones is an error. In a window it is left out, and leaves a gap.
        """
        found, since = self._fetch(now, newest=newest), self.since
        if since is None:
            return found
        recent = [candle for candle in found.candles if candle.open_time >= since]
        return Sound(recent, tuple(time for time in found.left_out if time >= since))

    def _fetch(self, now: int, *, newest: bool) -> Sound:
        candles = self._received()
        if not newest:
            return self._sound(sound(candles, self.source_interval, now), now)
        if self.source_interval is not self.interval:
            check(candles, self.source_interval, now, newest=False)
            candles = self._merged(candles, now)
        check(candles, self.interval, now, newest=True)
        return Sound(candles)

    def _received(self) -> list[Candle]:
        source, interval, window = self.upstream.provider, self.source_interval, self.source_window
        if self.names:
            return candles_of(source, self.names, interval, window)
        return source.candles(self.listed, interval, window)

    def _sound(self, parts: Sound, now: int) -> Sound:
        """Return the candles of the requested interval, resampled from `parts` of the source's interval."""
        merged = self._merged(parts.candles, now)
        missing = {self.interval.open_time(time) for time in parts.left_out}
        if missing and not merged:
            raise BadMarket("no valid candle")
        first, last = self.window.bounds(self.interval, now)
        missing -= {candle.open_time for candle in merged}
        return Sound(merged, tuple(sorted(time for time in missing if first <= time <= last)))

    def _merged(self, candles: list[Candle], now: int) -> list[Candle]:
        if self.source_interval is self.interval:
            return candles
        merged = resample(candles, self.source_interval, self.interval, now)
        limit = self.window.limit
        return merged[-limit:] if self.window.start is None else merged[:limit]


def plans(
    upstreams: Iterable[Upstream[CandleSource]], request: CandleRequest, now: int, find: Find = usual
) -> list[Plan]:
    """Return a plan for each provider that can serve at least one candle, in the order of calls.

    A request for a venue has a plan for this one only. For a request in dollars, markets in dollars come
    before those in tether. Complete plans come before partial ones, and partial ones with more candles before
    those with fewer.
    """
    asked = (it for it in upstreams if request.venue in (None, it.name))
    found = [plan for upstream in asked if (plan := _plan(upstream, request, now, find)) and plan.count > 0]
    return sorted(found, key=lambda plan: _rank(plan, request))


def _rank(plan: Plan, request: CandleRequest) -> tuple[bool, bool, int]:
    other_quote = request.pair.quote == "USD" and plan.market.quote != "USD"
    return other_quote, not plan.complete, 0 if plan.complete else -plan.count


def _plan(upstream: Upstream[CandleSource], request: CandleRequest, now: int, find: Find) -> Plan | None:
    source = upstream.provider
    interval, window = request.interval, request.within(now)
    small = _source_interval(source, interval)
    found = find(source, request) if small is not None else None
    if small is None or found is None:
        return None
    parts = interval.length // small.length
    first, last = window.bounds(interval, now)
    count = interval.count(first, last)
    least = MINIMUM if request.newest and interval.code not in MAY_BE_SHORT else 1
    servable = min(count, source.max_candles // parts, _reachable(source, small, interval, window, now))
    end = None if window.end is None else small.after(interval.after(window.end), -1)
    return Plan(
        upstream=upstream,
        market=found.pair,
        listed=found.listed,
        interval=interval,
        window=window,
        source_interval=small,
        source_window=Window(min(window.limit * parts, source.max_candles), window.start, end),
        count=servable if servable >= min(count, least) else 0,
        complete=servable >= count,
        since=found.since,
        names=found.names,
    )


def _source_interval(source: CandleSource, interval: Interval) -> Interval | None:
    if interval.code in source.intervals:
        return interval
    smaller = RESAMPLED_FROM.get(interval.code, ())
    return next((INTERVALS[code] for code in smaller if code in source.intervals), None)


def _reachable(source: CandleSource, small: Interval, interval: Interval, window: Window, now: int) -> int:
    """Return how many candles of the window are recent enough for this provider to have them.

    A request with a start needs its oldest candles; the result is 0 without them.
    """
    first, last = window.bounds(interval, now)
    kept = source.kept(small)
    if kept is None:
        return window.limit
    oldest = small.after(small.open_time(now), 1 - kept)
    if window.start is not None:
        return window.limit if first >= oldest else 0
    oldest = interval.first_open(oldest)
    return interval.count(max(first, oldest), last)
