"""The cached series of candles, without those whose market now belongs to another coin."""

from collections.abc import Callable
from math import inf, nextafter

from msgspec.structs import replace

from engine.cache import Entry, Freshness
from engine.cache.decision import CachedState
from engine.market.candles.history import History
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import Series
from engine.market.candles.sufficiency import can_stand_in
from engine.upstream.host_clock import HostClock


class CachedSeries:
    """Reads series from `data`, and missing ones from `history`.

    `means` returns whether the market of a series is still that of its pair.
    """

    def __init__(
        self,
        data: Freshness,
        clock: HostClock,
        means: Callable[[Series], bool],
        history: History,
    ) -> None:
        self._history = history
        self._data = data
        self._clock = clock
        self._means = means

    def entry(self, key: str) -> Entry[Series] | None:
        """Return the series under `key`, also a stale one, up to a day old."""
        entry: Entry[Series] | None = self._data.entry(key)
        return None if entry is None or not self._means(entry.value) else entry

    def newest(self, key: str, request: CandleRequest, now: int) -> CachedState:
        """Return the state of a market's series, without an entry that does not serve `request`."""
        state = self._demanding(self._read(key), request, now)
        if state.entry is None:
            state = self._from_history(key, state, request, now)
        if state.entry is None or state.entry.value.covers(request.window, request.interval, now):
            return state
        return self._data.refused(key, state)

    def window(self, key: str, request: CandleRequest, now: int) -> CachedState:
        """Return the state of a series of one window, without an entry that holds corrected candles."""
        state = self._read(key)
        if state.entry is not None and self._history.outdated(state.entry, request.interval):
            state = self._data.refused(key, state)
        return self._demanding(state, request, now)

    def _from_history(self, key: str, state: CachedState, request: CandleRequest, now: int) -> CachedState:
        """Return the state with the candles of the history, which serve after a failed fetch.

        They lack the forming candle.
        """
        found = self._history.newest(request, now)
        if found is None or not can_stand_in(found[0], request):
            return state
        series, made = found
        meanwhile = self._demanding(self._read(key), request, now)
        if meanwhile.entry is not None:  # another caller has fetched the series
            return meanwhile
        entry = self._data.keep(key, Entry(series, made, 0.0))
        return replace(state, entry=entry, must_refresh=True, not_before=nextafter(made, inf))

    def _read(self, key: str) -> CachedState:
        (state,) = self._data.read(key).values()
        if state.entry is None or self._means(state.entry.value):
            return state
        return self._data.refused(key, state)

    def _demanding(self, state: CachedState, request: CandleRequest, now: int) -> CachedState:
        entry = state.entry
        late = entry is not None and request.must_refresh(self._clock.correct(entry.made), now)
        return replace(state, must_refresh=late)
