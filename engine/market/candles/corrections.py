"""Note closed candles that their provider has changed: series with the old values are fetched again."""

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from engine.cache import Entry
from engine.cache.entries import RENEWED, RENEWED_KEPT
from engine.cache.host_times import time_of
from engine.history.series import SeriesKey
from engine.market.candles.lifetimes import FINAL
from engine.market.candles.series import Series
from engine.store import Store
from providers import Interval


class Corrected(msgspec.Struct, frozen=True):
    """The first and last open time of corrected candles, and the `time` (Unix seconds) of the correction."""

    time: float
    first: int
    last: int


class Corrections:
    """Notes corrections in `store`, for as long as series of closed windows are cached."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def note(self, key: SeriesKey, times: Sequence[int]) -> None:
        """Note that the candles of `key` with these open times were corrected now."""
        found, now = self._find(key), self._clock()
        earlier = [found.first, found.last] if found is not None else []
        every = [*times, *earlier]
        self._store.set(f"corrected:{key}", Corrected(now, min(every), max(every)), FINAL)
        self._store.set(RENEWED, now, RENEWED_KEPT)  # so that answers from a changed series are built again

    def concern(self, entry: Entry[Series], interval: Interval) -> bool:
        """Return whether `entry` holds candles that were corrected after it was made."""
        series = entry.value
        if not series.candles:
            return False
        first, last = series.candles[0].open_time, interval.after(series.candles[-1].open_time)
        for code in {interval.code, series.resampled_from or interval.code}:
            found = self._find(replace(SeriesKey.of(series.market, interval), code=code))
            if found is not None and entry.made <= found.time and first <= found.last and found.first < last:
                return True
        return False

    def _find(self, key: SeriesKey) -> Corrected | None:
        found = self._store.find(f"corrected:{key}", Corrected)
        if found is None:
            return None
        time = time_of(found, found.value.time, self._clock(), FINAL)
        return replace(found.value, time=time)
