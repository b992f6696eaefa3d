"""Candles in CryptoCompare's format: https://min-api.cryptocompare.com/documentation."""

from dataclasses import replace
from typing import Any

from flask import Response

from engine.errors import AllProvidersFailed, ApiError, InsufficientData
from engine.market import MAXIMUM
from engine.market.candles.slices import CandleSlice
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._exact import candles, interval_of
from engine.web.compat._translation import Origin, respond
from engine.web.compat.cryptocompare._blueprint import bp, served
from engine.web.services import current_services
from providers import INTERVALS, Candle, Interval
from schemas import RequestedPair
from schemas.compat.cryptocompare import DayQuery, HistoryAnswer, HistoryQuery, HourQuery, MinuteQuery

MOST_PAGES = 10
"""Requests for candles behind one answer with all data."""
FEWEST = 100
"""A page with fewer rows than this begins with the first one that there is."""


class NoData(ApiError):
    """No provider has candles of this time."""

    code = "INSUFFICIENT_DATA"
    status = 422


@bp.get("/histominute")
@bp.get("/v2/histominute")
@limiter.limit(quota("ohlcv"))
@served(query=MinuteQuery, answer=HistoryAnswer)
def histominute(fsym: RequestedPair, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of 1 to 30 minutes."""
    return _history(MinuteQuery, fsym, tsym, limit, aggregate, to)


@bp.get("/histohour")
@bp.get("/v2/histohour")
@limiter.limit(quota("ohlcv"))
@served(query=HourQuery, answer=HistoryAnswer)
def histohour(fsym: RequestedPair, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of 1 to 30 hours."""
    return _history(HourQuery, fsym, tsym, limit, aggregate, to)


@bp.get("/histoday")
@bp.get("/v2/histoday")
@limiter.limit(quota("ohlcv"))
@served(query=DayQuery, answer=HistoryAnswer)
def histoday(
    fsym: RequestedPair, tsym: str, limit: int, aggregate: int, to: int | None, everything: bool
) -> Response:
    """Get candles of 1 to 30 days; `allData` gets all of them."""
    return _history(DayQuery, fsym, tsym, limit, aggregate, to, everything=everything)


def _history(
    query: type[HistoryQuery],
    fsym: RequestedPair,
    tsym: str,
    limit: int,
    aggregate: int,
    to: int | None,
    *,
    everything: bool = False,
) -> Response:
    """Return one row more than the limit, up to the maximum of the engine, or all rows that there are."""
    end = None if to is None or to >= current_services().market.now() else to * 1000
    interval = (
        INTERVALS["1w"] if (query, aggregate) == (DayQuery, 7) else interval_of(query.minutes * aggregate)
    )
    complete = True
    if everything:
        found, complete = _all(_in(fsym, tsym), interval, end)
    else:
        found = _longest(fsym, tsym, interval, min(limit + 1, MAXIMUM), end)
    if not found.candles:
        raise NoData(f"There is no data for the toTs {to}")
    rows = [_row(candle) for candle in found.candles]
    span = {"TimeFrom": rows[0]["time"], "TimeTo": rows[-1]["time"]}
    body = {
        "Response": "Success",
        "Message": "" if complete else f"allData: these are the newest {len(rows)} rows only",
        "HasWarning": not complete,
        "Type": 100,
        "RateLimit": {},
        "Data": {"Aggregated": aggregate > 1, **span, "Data": rows},
    }
    response = respond(body, Origin.of_candles(found))
    if any(candle.quote_volume is None for candle in found.candles):
        response.headers["X-Data-Estimated"] = "volumeto"
    return response


def _all(coin: RequestedPair, interval: Interval, end: int | None) -> tuple[CandleSlice, bool]:
    """Return all candles up to `end`, and whether these are all: at most ten requests are made."""
    page = found = candles(coin, interval, MAXIMUM, end=end)
    for _ in range(MOST_PAGES - 1):
        if len(page.candles) < FEWEST:
            return found, True
        try:
            page = candles(coin, interval, MAXIMUM, end=interval.after(page.candles[0].open_time, -1))
        except InsufficientData:
            return found, True
        except AllProvidersFailed:
            return found, False
        found = replace(
            found,
            candles=(*page.candles, *found.candles),
            gaps=(*page.gaps, *found.gaps),
            reasons=(*page.reasons, *found.reasons),
            filled=(*page.filled, *found.filled),
        )
    return found, len(page.candles) < FEWEST


def _longest(fsym: RequestedPair, tsym: str, interval: Interval, count: int, end: int | None) -> CandleSlice:
    """Return `count` candles in `tsym`, or in tether where the dollar markets have fewer."""
    found = candles(_in(fsym, tsym), interval, count, end=end)
    if len(found.candles) >= count or found.quote == "USDT":
        return found
    try:
        return max(found, candles(_in(fsym, "USDT"), interval, count, end=end), key=_length)
    except ApiError:
        return found


def _in(coin: RequestedPair, quote: str) -> RequestedPair:
    return replace(coin, pair=replace(coin.pair, quote=quote))


def _length(found: CandleSlice) -> int:
    return len(found.candles)


def _row(candle: Candle) -> dict[str, Any]:
    """Return the row of a candle. Where the provider has no `volumeto`, estimate it from the mean price."""
    coins, spent = candle.volume, candle.quote_volume
    if coins is not None and spent is None:
        spent = coins * (candle.open + candle.high + candle.low + candle.close) / 4
    return {
        "time": candle.open_time // 1000,
        "high": candle.high,
        "low": candle.low,
        "open": candle.open,
        "volumefrom": coins,
        "volumeto": spent,
        "close": candle.close,
        "conversionType": "direct",
        "conversionSymbol": "",
    }
