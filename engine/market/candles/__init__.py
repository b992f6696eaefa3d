"""Candles: the cache has one series for each market and interval; each answer is a slice of it."""

from functools import partial

from msgspec.structs import replace

from engine.cache import Answer, Cache, Entry, Validity
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.candles.cached_series import CachedSeries
from engine.market.candles.fetching import Fetching
from engine.market.candles.history import History
from engine.market.candles.lifetimes import SHORTEST, final_lifetime, is_final, lifetime_known, lifetime_of
from engine.market.candles.markets import Markets
from engine.market.candles.request import CandleRequest, series_key
from engine.market.candles.series import Series
from engine.market.candles.slices import CandleSlice, answer, table
from engine.market.candles.sufficiency import can_go_on, can_stand_in
from engine.market.candles.usual_market import VenueMarket
from engine.market.labels import Labels
from engine.upstream import BACKGROUND
from engine.upstream.host_clock import HostClock
from providers import CandleSource, Interval, Pair, Window

MAXIMUM = 1000
"""Maximum number of candles in one answer."""
PATIENCE = 1.2
"""Seconds in which a fetch usually ends, because the next provider is called early."""
ATTEMPTS = 3
"""Attempts to fetch a series while other callers, who need fewer candles, are first each time."""


class Candles:
    """Serves candles from the cache, and fetches missing ones with `fetching`."""

    def __init__(
        self,
        fetching: Fetching,
        markets: Markets,
        history: History,
        cache: Cache,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self.history, self.upstreams = history, fetching.upstreams
        self._fetching, self._markets = fetching, markets
        self._data, self._answers = cache.data, cache.answers
        self._ceiling = settings.cache_ttl_ohlcv
        self._series = CachedSeries(cache.data, clock, markets.means, history)
        self.label, self._clock = Labels(settings.demo), clock

    @property
    def undone(self) -> float:
        """The time (Unix seconds) before which a code may have been another coin's."""
        return self._markets.undone

    def serve(self, request: CandleRequest, *, csv: bool = False) -> Answer:
        """Return the answer to `request`. Raises an `ApiError` with the reason of each provider."""
        request, write = request.traded(), table if csv else answer
        if request.as_of is not None:
            return write(self._known(request, request.as_of))
        if self._is_empty(request):
            return write(self._empty(request))
        ready = self._answers.look(f"candles:{'csv:' if csv else ''}{request.key}")
        if ready.fresh is not None:
            return ready.fresh
        self._markets.require(self.upstreams, request)
        try:
            found = self._slice(request, ready.asked)
        except AllProvidersFailed as failed:
            return self._answers.last(ready, failed, self.undone)
        return self._answers.built(ready, found.validity) or self._answers.keep(ready, write(found))

    def slice(self, request: CandleRequest) -> CandleSlice:
        """Return the candles of `request` as values. Raises an `ApiError` as `serve` does."""
        request = request.traded()
        if self._is_empty(request):
            return self._empty(request)
        ready = self._answers.look_value(f"candles:{request.key}:{request.in_time}", CandleSlice)
        if ready.fresh is not None:
            return ready.fresh
        self._markets.require(self.upstreams, request)
        try:
            return self._answers.keep_value(ready, self._slice(request, ready.asked))
        except AllProvidersFailed as failed:
            return self._answers.last_value(ready, failed, self.undone)

    def find(self, source: CandleSource, request: CandleRequest) -> VenueMarket | None:
        """Return the provider's market of a pair, `None` if it has none."""
        return self._markets.find(source, request)

    def refresh(self, pair: Pair, interval: Interval, since: float = 0.0) -> None:
        """Fetch the new candles of a series, unless it is fresh and from `since` (Unix seconds) or later.

        The calls use the background's share of the budgets. Raises an `ApiError`.
        """
        request = CandleRequest(pair.base.symbol + pair.quote, pair, interval, Window(100))
        kept = self._data.read(request.series)
        wanted = {key: state.since(since) for key, state in kept.items()}
        self._data.refresh(wanted, partial(self._fetch, request, BACKGROUND))

    def kept(self, pair: Pair, interval: Interval) -> tuple[Series | None, int]:
        """Return the cached series, also a stale one, and when it was fetched. Calls no provider."""
        entry = self._series.entry(series_key(pair, interval))
        return (None, 0) if entry is None else (entry.value, self._milliseconds(entry.made))

    def recorded(self, pair: Pair, interval: Interval, window: Window) -> Series | None:
        """Return the candles of a past window from the history, `None` unless it has all of them."""
        request = CandleRequest(pair.base.symbol + pair.quote, pair, interval, window)
        return self.history.window(request, self._fetching.now())

    def _known(self, request: CandleRequest, as_of: int) -> CandleSlice:
        """Return the candles that were known at `as_of`. Calls no provider. Raises an `ApiError`."""
        known = min(as_of, self._fetching.now())
        validity = Validity(made=self._clock(), lifetime=lifetime_known(as_of, self._fetching.now()))
        return self.history.known(request, known, self.label, validity)

    def _is_empty(self, request: CandleRequest) -> bool:
        """Return whether no candle can open in the window, which needs no call to a provider."""
        now = self._fetching.now()
        first, last = request.within(now).bounds(request.interval, now)
        return first > last

    def _empty(self, it: CandleRequest) -> CandleSlice:
        validity = Validity(made=self._clock(), lifetime=SHORTEST)
        return CandleSlice(it.symbol, it.interval, it.pair.quote, None, (), validity, about=it.about)

    def _slice(self, request: CandleRequest, asked: float) -> CandleSlice:
        entry = self._entry(request)
        then = self._milliseconds(entry.made)
        validity = Validity.of([entry], asked)
        found = CandleSlice.of(request, entry.value, then, self.label, validity)
        if not is_final(request, found.candles, then):
            return found
        return replace(found, validity=replace(validity, lifetime=final_lifetime(found.reasons)))

    def _entry(self, request: CandleRequest) -> Entry:
        """Return the series with the requested candles: the market's, or one of this window only."""
        now = self._fetching.now()
        needed = replace(
            request, window=Window(request.window.limit + request.closed_only), closed_only=False
        )
        if request.newest and needed.window.limit <= MAXIMUM:
            return self._newest(needed, now)
        return self._window(request, now)

    def _newest(self, request: CandleRequest, now: int) -> Entry:
        """Return the market's series with enough candles, or a shorter one if every provider fails."""
        key = request.series
        fetch = partial(self._fetch, request, request.share)
        try:
            for _ in range(ATTEMPTS):
                kept = self._series.newest(key, request, now)
                entry = self._data.obtain({key: kept}, fetch, PATIENCE)[key]
                if entry.value.covers(request.window, request.interval, now):
                    break
        except AllProvidersFailed:
            known = self._series.entry(key)
            if known is None or not can_stand_in(known.value, request):
                raise
            return known
        return entry

    def _window(self, request: CandleRequest, now: int) -> Entry:
        window = request.within(now)
        known = self._series.entry(request.series)
        if known is not None and self._has(known, window, request.interval, now):
            return known
        key = f"window:{request.series}:{window.limit}:{window.start}:{window.end}"
        kept, fetch = self._series.window(key, request, now), partial(self._fetch, request, request.share)
        try:
            return self._data.obtain({key: kept}, fetch, PATIENCE)[key]
        except AllProvidersFailed:
            if known is None or not known.value.slice(window):
                raise
            return known

    def _has(self, entry: Entry, window: Window, interval: Interval, now: int) -> bool:
        """Return whether a series has all of `window`, and all of these candles are final or fresh."""
        _, last = window.bounds(interval, now)
        final = interval.after(last) <= self._milliseconds(entry.made)
        fresh = entry.age(self._clock()) < entry.lifetime
        return (final or fresh) and entry.value.has_all(window, interval, now)

    def _fetch(self, request: CandleRequest, share: float, keys: list[str]) -> dict[str, Entry]:
        made = self._clock()  # before the call: a candle that closes during it was still forming
        (key,) = keys
        known = self._data.entry(key)
        old = known.value if known and can_go_on(known.value, request, self._milliseconds(made)) else None
        series = None if request.newest else self.history.window(request, self._milliseconds(made))
        if series is None:
            series = self._fetching.series(request, old, share)
            self.history.record(request, series, old, self._milliseconds(made))
        now = self._milliseconds(made)
        return {key: Entry(series, made, lifetime_of(request, series, now, self._ceiling))}

    def _milliseconds(self, made: float) -> int:
        """Convert `made` (Unix seconds by this host's clock) to milliseconds by the corrected clock."""
        return int(self._clock.correct(made) * 1000)
