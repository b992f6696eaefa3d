"""Convert between the series of requests and the findings and pieces of the archive. Pure functions."""

from collections import Counter
from collections.abc import Iterable

from engine.analysis.candles import closed
from engine.history.ranges import union
from engine.history.series import Finding, Gap, KeptCandle, Piece
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import Series
from providers import Interval


def finding_of(series: Series, old: Series | None, interval: Interval, now: int) -> Finding | None:
    """Return the new closed candles of `series`, which `old` does not have, and the gaps among them."""
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
    """Return the provider of most candles (of equal ones the first by name), `None` without candles."""
    counts = Counter(it.provider for it in candles)
    return min(counts, key=lambda name: (-counts[name], name), default=None)


def of_provider(piece: Piece, provider: str, interval: Interval) -> Piece:
    """Return the candles of one provider. Those of others become gaps: they were not fetched from it."""
    others = (
        (it.candle.open_time, interval.after(it.candle.open_time))
        for it in piece.candles
        if it.provider != provider
    )
    unfetched = ((gap.first, gap.until) for gap in piece.gaps if gap.reason == "not_fetched")
    gaps = [Gap(first, until, "not_fetched") for first, until in union((*others, *unfetched))]
    gaps += [gap for gap in piece.gaps if gap.reason != "not_fetched"]
    kept = [it for it in piece.candles if it.provider == provider]
    return Piece(kept, sorted(gaps, key=lambda gap: gap.first))


def series_of(request: CandleRequest, piece: Piece, source: Interval | None = None) -> Series | None:
    """Return the candles as a series of the provider of most of them, `None` without candles.

    `source` is the interval of the kept candles, if the candles were resampled.
    """
    main = main_provider(piece.candles)
    if main is None:
        return None
    interval = request.interval
    return Series(
        main,
        request.pair,
        tuple(it.candle for it in piece.candles),
        filled=tuple((it.candle.open_time, it.provider) for it in piece.candles if it.provider != main),
        resampled_from=None if source is None else source.code,
        asked_from=piece.candles[0].candle.open_time,
        reasons=tuple((gap.first, interval.after(gap.until, -1), gap.reason) for gap in piece.gaps),
    )
