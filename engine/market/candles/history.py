"""Series from the archive, and what the archive gets to keep."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.analysis.candles import closed
from engine.cache import Validity
from engine.history.archive import Archive
from engine.history.errors import ArchiveError
from engine.history.recorder import Recorder
from engine.history.series import Cause, Finding, Gap, KeptCandle, Piece, SeriesKey
from engine.market.candles.paging import next_page
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import MOST_KEPT, Series
from engine.market.candles.slices import CandleSlice
from engine.market.kept import failure
from providers import Candle, Interval, Pair, Window

log = logging.getLogger(__name__)


class History:
    """Reads series in `archive`, and offers candles of providers to `recorder`.

    `lasting` are the coins (by id) whose series are never deleted.
    """

    def __init__(self, archive: Archive, recorder: Recorder, lasting: Iterable[str] = ()) -> None:
        self._archive = archive
        self._enabled = archive.enabled
        self._recorder = recorder
        self._lasting = frozenset(lasting)

    def window(self, request: CandleRequest, now: int) -> Series | None:
        """Return the candles of a window that is over, `None` unless all of them are known.

        `now` is in Unix milliseconds.
        """
        interval, window = request.interval, request.within(now)
        first, last = window.bounds(interval, now)
        if not self._enabled or first > last or interval.after(last) > now:
            return None
        if not self._archive.may_have_something:
            return None
        piece = self._read(request, first, interval.after(last))
        if piece is None or any(gap.reason == "not_fetched" for gap in piece.gaps):
            return None
        if len(piece.candles) < window.limit and not _is_exact(window, interval):
            return None  # the provider would look for more candles beyond the gaps
        return series_of(request, piece)

    def newest(self, request: CandleRequest, now: int) -> tuple[Series, float] | None:
        """Return the newest closed candles without a hole, and since when they are known (Unix seconds)."""
        if not self._enabled or not self._archive.may_have_something:
            return None
        interval = request.interval
        until = interval.open_time(now)
        piece = self._read(request, interval.after(until, -MOST_KEPT), until)
        if piece is None or not piece.candles:
            return None
        later = [gap.until for gap in piece.gaps if gap.until <= piece.candles[-1].candle.open_time]
        kept = [it for it in piece.candles if it.candle.open_time >= max(later, default=0)]
        found = series_of(request, Piece(kept, ()))
        return None if found is None else (found, kept[-1].known / 1000)

    def known(
        self, request: CandleRequest, as_of: int, label: Callable[[str], str], validity: Validity
    ) -> CandleSlice:
        """Return the candles of `request` that were known at `as_of` (Unix milliseconds), and all gaps.

        Raises an `ApiError` where there is no history.
        """
        interval = request.interval
        window = replace(request, closed_only=True).within(as_of)
        first, last = window.bounds(interval, interval.after(interval.open_time(as_of), -1))
        try:
            piece = self._archive.read(
                SeriesKey.of(request.pair, interval), first, interval.after(last), as_of
            )
        except ArchiveError as error:
            raise failure(error) from None
        kept = [it for it in piece.candles if request.venue in (None, it.provider)]
        candles = tuple(it.candle for it in kept)
        main = main_provider(kept)
        return CandleSlice(
            symbol=request.symbol,
            interval=interval,
            quote=request.pair.quote,
            source=None if main is None else label(main),
            candles=candles,
            validity=validity,
            last_closed=True if candles else None,
            gaps=tuple((gap.first, interval.after(gap.until, -1)) for gap in piece.gaps),
            reasons=tuple(gap.reason for gap in piece.gaps),
            filled=tuple((it.candle.open_time, label(it.provider)) for it in kept if it.provider != main),
            all_fields=request.all_fields,
            about=request.about,
            next=None if first > last else next_page(request, candles, as_of),
        )

    def record(self, request: CandleRequest, series: Series, old: Series | None, now: int) -> None:
        """Offer the closed candles of `series`, which arrived at `now`, except those that `old` has too."""
        if not self._enabled or request.venue is not None:
            return  # a series is of the venue that is usually asked
        finding = finding_of(series, old, request.interval, now)
        if finding is not None:
            self._offer(SeriesKey.of(series.market, request.interval), finding)

    def record_streamed(
        self, pair: Pair, interval: Interval, provider: str, candle: Candle, now: int
    ) -> None:
        """Offer a closed candle of a stream, which arrived at `now` (Unix milliseconds)."""
        if self._enabled:
            kept = KeptCandle(candle, provider, filled=False, known=now)
            until = interval.after(candle.open_time)
            self._offer(SeriesKey.of(pair, interval), Finding(candle.open_time, until, [kept], now))

    def _offer(self, key: SeriesKey, finding: Finding) -> None:
        cause = Cause.SETTING if key.coin in self._lasting else Cause.REQUEST
        self._recorder.offer(key, finding, cause)

    def _read(self, request: CandleRequest, first: int, until: int) -> Piece | None:
        try:
            piece = self._archive.read(SeriesKey.of(request.pair, request.interval), first, until)
        except ArchiveError as error:
            log.info("the history was not read: %s", error)
            return None
        others = request.venue is not None and any(it.provider != request.venue for it in piece.candles)
        return None if others else piece


def _is_exact(window: Window, interval: Interval) -> bool:
    """Return whether both ends of the window are given, and its limit is no less than what fits in."""
    if window.start is None or window.end is None:
        return False
    return window.limit >= interval.count(window.start, window.end)


def finding_of(series: Series, old: Series | None, interval: Interval, now: int) -> Finding | None:
    """Return what `series` has in addition to `old`: its new closed candles, and its gaps among them."""
    before = {candle.open_time: candle for candle in old.candles} if old is not None else {}
    filled = dict(series.filled)
    new = [
        candle
        for candle in series.candles
        if closed(candle, interval, now) and before.get(candle.open_time) is not candle
    ]
    if not new:
        return None
    first, until = new[0].open_time, interval.after(new[-1].open_time)
    kept = [
        KeptCandle(
            candle,
            filled.get(candle.open_time, series.provider),
            filled=candle.open_time in filled,
            known=now,
        )
        for candle in series.candles
        if first <= candle.open_time < until
    ]
    gaps = [Gap(begin, interval.after(end), reason) for begin, end, reason in series.reasons]
    return Finding(first, until, kept, now, gaps)


def main_provider(candles: Iterable[KeptCandle]) -> str | None:
    """Return the provider of most candles, the first by name of several, `None` without candles."""
    counts = Counter(it.provider for it in candles)
    return min(counts, key=lambda name: (-counts[name], name), default=None)


def series_of(request: CandleRequest, piece: Piece) -> Series | None:
    """Return the candles as a series of the provider of most of them, `None` without candles."""
    main = main_provider(piece.candles)
    if main is None:
        return None
    interval = request.interval
    return Series(
        main,
        request.pair,
        tuple(it.candle for it in piece.candles),
        filled=tuple((it.candle.open_time, it.provider) for it in piece.candles if it.provider != main),
        asked_from=piece.candles[0].candle.open_time,
        reasons=tuple((gap.first, interval.after(gap.until, -1), gap.reason) for gap in piece.gaps),
    )
