"""Read series from the archive, and offer new candles to it."""

import logging
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from engine.cache import Entry, Validity
from engine.history.archive import Archive
from engine.history.errors import ArchiveError
from engine.history.recorder import Recorder
from engine.history.resampled import Resampled, resampled
from engine.history.series import Cause, Finding, KeptCandle, Piece, SeriesKey
from engine.market.candles.archived import finding_of, main_provider, of_provider, series_of
from engine.market.candles.paging import next_page
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import EXPLAINED, MOST_KEPT, Series
from engine.market.candles.slices import CandleSlice
from engine.market.history_access import failure
from providers import Candle, Interval, Pair, Window

log = logging.getLogger(__name__)


class History:
    """Reads series in `archive`, and offers candles of providers to `recorder`.

    `lasting` are the coins (by id) whose series are never deleted. `outdated` returns whether a cached series
    holds candles that their provider has changed since.
    """

    def __init__(
        self,
        archive: Archive,
        recorder: Recorder,
        lasting: Iterable[str] = (),
        outdated: Callable[[Entry[Series], Interval], bool] = lambda *_: False,
    ) -> None:
        self.outdated = outdated
        self._archive = archive
        self._enabled = archive.enabled
        self._recorder = recorder
        self._lasting = frozenset(lasting)

    def window(self, request: CandleRequest, now: int) -> Series | None:
        """Return the candles of a past window, `None` unless the history has all of them.

        `now` is in Unix milliseconds.
        """
        interval, window = request.interval, request.within(now)
        first, last = window.bounds(interval, now)
        if not self._enabled or first > last or interval.after(last) > now:
            return None
        if not self._archive.may_have_something:
            return None
        until = interval.after(last)
        found = self._complete(request, first, until) or self._complete_resampled(request, first, until)
        if found is None:
            return None
        if len(found.candles) < window.limit and not _is_exact(window, interval):
            return None  # the provider would look for more candles beyond the gaps
        return found

    def newest(self, request: CandleRequest, now: int) -> tuple[Series, float] | None:
        """Return the newest closed candles without a gap, and when they were complete (Unix seconds).

        That is when the last one was received, but no later than the end of the candle after it.
        """
        if not self._enabled or not self._archive.may_have_something:
            return None
        interval = request.interval
        until = interval.open_time(now)
        first, source = interval.after(until, -MOST_KEPT), None
        piece = self._read(request, first, until)
        if piece is not None and not piece.candles and (made := self._resampled(request, first, until)):
            piece, source = made.piece, made.source
        if piece is None or not piece.candles:
            return None
        later = [gap.until for gap in piece.gaps if gap.until <= piece.candles[-1].candle.open_time]
        kept = [it for it in piece.candles if it.candle.open_time >= max(later, default=0)]
        found = series_of(request, Piece(kept, ()), source)
        following = interval.after(interval.after(kept[-1].candle.open_time))
        return None if found is None else (found, min(kept[-1].known, following) / 1000)

    def known(
        self, request: CandleRequest, as_of: int, label: Callable[[str], str], validity: Validity
    ) -> CandleSlice:
        """Return the candles of `request` that were known at `as_of` (Unix milliseconds), and all gaps.

        Raises an `ApiError` if there is no history.
        """
        interval = request.interval
        window = replace(request, closed_only=True).within(as_of)
        first, last = window.bounds(interval, interval.after(interval.open_time(as_of), -1))
        key, until, source = SeriesKey.of(request.pair, interval), interval.after(last), None
        try:
            piece = self._archive.read(key, first, until, as_of)
            made = (
                None if piece.candles else resampled(self._archive, key, first, until, as_of, complete=False)
            )
        except ArchiveError as error:
            raise failure(error) from None
        if made is not None and made.piece.candles:
            piece, source = made.piece, made.source.code
        if request.venue is not None:
            piece = of_provider(piece, request.venue, interval)
        kept = piece.candles
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
            resampled_from=source,
            all_fields=request.all_fields,
            about=request.about,
            next=None if first > last else next_page(request, candles, as_of),
        )

    def record(self, request: CandleRequest, series: Series, old: Series | None, now: int) -> None:
        """Offer the closed candles of `series`, which arrived at `now`, except those that `old` has too."""
        if not self._enabled or request.venue is not None:
            return  # the history has only series of the usual venue
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

    def _complete(self, request: CandleRequest, first: int, until: int) -> Series | None:
        """Return the kept candles of a range, `None` unless all of it was fetched."""
        piece = self._read(request, first, until)
        if piece is None or any(gap.reason == "not_fetched" for gap in piece.gaps):
            return None
        return series_of(request, piece)

    def _complete_resampled(self, request: CandleRequest, first: int, until: int) -> Series | None:
        """Return the candles of a range, resampled; `None` if a provider may have more of them."""
        made = self._resampled(request, first, until, complete=True)
        if made is None or any(gap.reason not in EXPLAINED for gap in made.piece.gaps):
            return None
        return series_of(request, made.piece, made.source)

    def _resampled(
        self, request: CandleRequest, first: int, until: int, *, complete: bool = False
    ) -> Resampled | None:
        key = SeriesKey.of(request.pair, request.interval)
        try:
            made = resampled(self._archive, key, first, until, complete=complete)
        except ArchiveError as error:
            log.info("the history was not read: %s", error)
            return None
        if made is None or request.venue is None:
            return made
        others = any(it.filled or it.provider != request.venue for it in made.piece.candles)
        return None if others else made

    def _read(self, request: CandleRequest, first: int, until: int) -> Piece | None:
        try:
            piece = self._archive.read(SeriesKey.of(request.pair, request.interval), first, until)
        except ArchiveError as error:
            log.info("the history was not read: %s", error)
            return None
        others = request.venue is not None and any(it.provider != request.venue for it in piece.candles)
        return None if others else piece


def _is_exact(window: Window, interval: Interval) -> bool:
    """Return whether the window has a start and an end, and all of its candles fit into its limit."""
    if window.start is None or window.end is None:
        return False
    return window.limit >= interval.count(window.start, window.end)
