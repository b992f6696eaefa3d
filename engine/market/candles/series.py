"""The cached series of candles: the times that it covers, and how new candles join it. Pure functions."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any
from weakref import ref

import msgspec
from msgspec.structs import replace

from engine.analysis.candles import closed, gaps
from engine.history.series import Reason
from engine.market.candles.packed import PackedCandles
from engine.store.packing import Packable, Packed
from providers import Candle, Interval, Market, Pair, Window

MOST_KEPT = 1100
"""Maximum number of candles in one series: more than one answer has, and a bound on memory."""
LISTED = 60_000
"""Milliseconds after the end of a candle in which a provider may not have it yet."""
EXPLAINED = frozenset({"no_trades", "venue_outage", "before_listing"})
"""Reasons of gaps that no provider can fill."""
ASKED_AGAIN = 3_600_000
"""Milliseconds after which a series is fetched completely again if its provider had too few candles."""
CORRECTED = 3
"""Closed candles that a refresh fetches again, because providers correct the last ones."""


class Series(Packable, msgspec.Struct, frozen=True, weakref=True):
    """Ascending candles of one market from one provider, except those that were `filled` in.

    `filled` has the open time and the provider of each candle from another provider. `sought` are gaps that
    no provider could fill. `attempts` are the outcomes of the last fetch. `asked_from` is the first open time
    of the request: the provider has no candles for gaps after it. `left_out` are the open times of invalid
    candles that were received. `whole` says that the provider has no older candles, if it sent fewer than
    were requested. `listed` is how the provider lists the market. `reasons` has the first and last open times
    of gaps whose reason is known. All of it was fetched at `asked_at` (Unix milliseconds), and parts later.
    """

    provider: str
    market: Pair
    candles: tuple[Candle, ...]
    attempts: tuple[dict[str, Any], ...] = ()
    filled: tuple[tuple[int, str], ...] = ()
    sought: frozenset[tuple[int, int]] = frozenset()
    resampled_from: str | None = None
    asked_from: int | None = None
    left_out: tuple[int, ...] = ()
    whole: bool = False
    listed: Market | None = None
    reasons: tuple[tuple[int, int, Reason], ...] = ()
    asked_at: int = 0

    @property
    def weight(self) -> int:
        """Approximate bytes while it is not packed: about 320 for a candle of eight figures."""
        return 320 * len(self.candles)

    def packed(self) -> "PackedSeries | None":
        """Return the packed series, `None` if a candle cannot be packed."""
        candles = PackedCandles.of(self.candles)
        return None if candles is None else PackedSeries(self, candles)

    def slice(self, window: Window) -> list[Candle]:
        """Return the candles of `window`, at most its limit."""
        inside = [
            candle
            for candle in self.candles
            if (window.start is None or candle.open_time >= window.start)
            and (window.end is None or candle.open_time <= window.end)
        ]
        return inside[-window.limit :] if window.start is None else inside[: window.limit]

    def covers(self, window: Window, interval: Interval, now: int) -> bool:
        """Return whether all of `window` lies after the first open time that was requested."""
        first, _ = window.bounds(interval, now)
        return bool(self.candles) and min(self.candles[0].open_time, self.asked_from or inf) <= first

    def has_all(self, window: Window, interval: Interval, now: int) -> bool:
        """Return whether the provider has no candles of `window` that the series lacks.

        A request for more candles than a provider sends at once leaves older ones, which `covers` ignores.
        """
        first, _ = window.bounds(interval, now)
        return self.covers(window, interval, now) and (self.whole or self.candles[0].open_time <= first)

    def tail(self, interval: Interval, now: int) -> Window | None:
        """Return the window to refresh: the last closed candles and all later ones; `None` for everything.

        Everything is fetched again after a while if the provider had fewer candles than were requested.
        """
        finished = [candle for candle in self.candles[-CORRECTED - 1 :] if closed(candle, interval, now)]
        if not finished:
            return None
        if (self.asked_from or inf) < self.candles[0].open_time and now - self.asked_at >= ASKED_AGAIN:
            return None
        start = finished[-CORRECTED:][0].open_time
        return Window(interval.count(start, interval.open_time(now)), start)

    def joined(
        self, newer: Sequence[Candle], attempts: Iterable[dict[str, Any]], left_out: Sequence[int] = ()
    ) -> "Series":
        """Return the series with `newer` candles, which replace its own from the first of them on."""
        start = newer[0].open_time
        older = [candle for candle in self.candles if candle.open_time < start]
        kept = (*older, *newer)[-MOST_KEPT:]
        return replace(
            self,
            candles=kept,
            attempts=tuple(attempts),
            filled=tuple(fill for fill in self.filled if kept[0].open_time <= fill[0] < start),
            sought=frozenset(gap for gap in self.sought if gap[0] >= kept[0].open_time),
            asked_from=self.asked_from if len(older) + len(newer) <= MOST_KEPT else kept[0].open_time,
            left_out=(*(time for time in self.left_out if kept[0].open_time <= time < start), *left_out),
            reasons=tuple(it for it in self.reasons if kept[0].open_time <= it[0] and it[1] < start),
        )

    def gaps(self, interval: Interval) -> list[tuple[int, int]]:
        """Return the gaps that no provider has been called for."""
        return [gap for gap in gaps(self.candles, interval, self.left_out) if gap not in self.sought]

    def missing(self, window: Window, interval: Interval, now: int) -> list[tuple[int, int]]:
        """Return the gaps within `window`; without a candle, all of its past at `now`.

        In a window with both times, candles may be missing at its beginning and at its end too.
        """
        candles = self.slice(window)
        begin, end = window.bounds(interval, now)
        if not candles:
            end = min(end, interval.after(interval.open_time(now), -1))
            return [(begin, end)] if begin <= end else []
        first, last = window.start or 0, inf if window.end is None else window.end
        left_out = [time for time in self.left_out if first <= time <= last]
        found = gaps(candles, interval, left_out)
        if window.start is None or window.end is None:
            return found
        first, last = min([candles[0].open_time, *left_out]), max([candles[-1].open_time, *left_out])
        end = min(end, interval.after(interval.open_time(now - LISTED), -1))
        if begin < first:
            found.insert(0, (begin, interval.after(first, -1)))
        if last < end and len(candles) < window.limit:
            found.append((interval.after(last), end))
        return found

    def explained(self, window: Window, interval: Interval, now: int) -> list[tuple[int, int, Reason]]:
        """Return the gaps within `window`, each with its reason, split at each change of the reason."""
        found: list[tuple[int, int, Reason]] = []
        known = sorted((*self.reasons, *self._unlisted(interval)))
        for first, last in self.missing(window, interval, now):
            at = first
            for begin, end, reason in known:
                if begin <= last and end >= at:
                    if begin > at:
                        found.append((at, interval.after(begin, -1), "unknown"))
                    found.append((max(at, begin), min(end, last), reason))
                    at = interval.after(min(end, last))
            if at <= last:
                found.append((at, last, "unknown"))
        return found

    def _unlisted(self, interval: Interval) -> list[tuple[int, int, Reason]]:
        """Return the time before the market was listed, if its provider gives the date."""
        if self.listed is None or self.listed.since is None:
            return []
        return [(0, interval.after(interval.open_time(self.listed.since), -1), "before_listing")]

    def patched(self, found: Sequence[Candle], provider: str) -> "Series":
        """Return the series with candles of `provider` in its gaps."""
        present = {candle.open_time for candle in self.candles}
        new = [candle for candle in found if candle.open_time not in present]
        candles = tuple(sorted((*self.candles, *new), key=lambda candle: candle.open_time))
        fills = sorted({*self.filled, *((candle.open_time, provider) for candle in new)})
        return replace(self, candles=candles, filled=tuple(fills))


class PackedSeries(Packed):
    """The packed form of a series in memory. While callers use the series, all of them share one object."""

    __slots__ = ("_candles", "_rest", "_used")

    def __init__(self, series: Series, candles: PackedCandles) -> None:
        self._rest = replace(series, candles=())
        self._candles = candles
        self._used = ref(series)

    @property
    def weight(self) -> int:
        """Approximate bytes in memory: 32 for a time, and 64 for a row of times."""
        rest = self._rest
        gaps = len(rest.sought) + len(rest.reasons)
        return self._candles.weight + 100 * len(rest.filled) + 136 * gaps + 40 * len(rest.left_out)

    def unpacked(self) -> Series:
        """Return the series."""
        series = self._used()
        if series is None:
            series = replace(self._rest, candles=self._candles.unpacked())
            self._used = ref(series)
        return series
