"""Candles as arrays, cut into stretches without a hole."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from engine.analysis.candles import gaps
from engine.analysis.indicators._libraries import Array, np
from engine.analysis.indicators._runs import runs
from providers import Candle, Interval

ARRAYS = ("time", "open", "high", "low", "close", "volume")


class Bars(msgspec.Struct, frozen=True):
    """Ascending candles: a number of each at the same place of every array. An unknown volume is NaN.

    `time` is the open time in Unix milliseconds. A candle is missing before each of `breaks`.
    """

    interval: Interval
    time: Array
    open: Array
    high: Array
    low: Array
    close: Array
    volume: Array
    breaks: tuple[int, ...] = ()

    @classmethod
    def of(cls, candles: Sequence[Candle], interval: Interval) -> "Bars":
        """Return the arrays of ascending candles."""
        time = np.array([candle.open_time for candle in candles], dtype=float)
        # Months differ in length, so that gaps has to look.
        is_complete = bool((np.diff(time) == interval.length).all())
        holes = [] if is_complete else [first for first, _ in gaps(candles, interval)]
        return cls(
            interval,
            time,
            np.array([candle.open for candle in candles], dtype=float),
            np.array([candle.high for candle in candles], dtype=float),
            np.array([candle.low for candle in candles], dtype=float),
            np.array([candle.close for candle in candles], dtype=float),
            np.array([candle.volume for candle in candles], dtype=float),
            tuple(np.searchsorted(time, np.array(holes, dtype=float)).tolist()),
        )

    def __len__(self) -> int:
        return len(self.time)

    @property
    def typical(self) -> Array:
        """The mean of high, low and close."""
        return (self.high + self.low + self.close) / 3

    def newest(self, count: int) -> "Bars":
        """Return the newest `count` candles."""
        first = max(0, len(self) - count)
        return self._part(first, len(self), tuple(each - first for each in self.breaks if each > first))

    def stretches(self, *, with_volume: bool) -> Iterator[tuple[int, "Bars"]]:
        """Yield each stretch without a hole, with its place. `with_volume`: an unknown volume is a hole."""
        for first, end in pairwise(sorted({0, *self.breaks, len(self)})):
            for run in runs(self.volume[first:end]) if with_volume else [slice(0, end - first)]:
                yield first + run.start, self._part(first + run.start, first + run.stop, ())

    def _part(self, first: int, end: int, breaks: tuple[int, ...]) -> "Bars":
        return replace(self, breaks=breaks, **{name: getattr(self, name)[first:end] for name in ARRAYS})
