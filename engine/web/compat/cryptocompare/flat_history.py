"""Candles in CryptoCompare's first format, at `/data/histo...`: the rows are in `Data` itself."""

from flask import Response

from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat.cryptocompare._blueprint import bp, served
from engine.web.compat.cryptocompare._candles import History, history_of
from schemas.compat.cryptocompare import DayQuery, FlatHistoryAnswer, HourQuery, MinuteQuery


@bp.get("/data/histominute")
@limiter.limit(quota("ohlcv"))
@served(query=MinuteQuery, answer=FlatHistoryAnswer)
def flat_histominute(fsym: str, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of 1 to 30 minutes in the first format."""
    return _flat(history_of(MinuteQuery, fsym, tsym, limit, aggregate, to))


@bp.get("/data/histohour")
@limiter.limit(quota("ohlcv"))
@served(query=HourQuery, answer=FlatHistoryAnswer)
def flat_histohour(fsym: str, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of 1 to 30 hours in the first format."""
    return _flat(history_of(HourQuery, fsym, tsym, limit, aggregate, to))


@bp.get("/data/histoday")
@limiter.limit(quota("ohlcv"))
@served(query=DayQuery, answer=FlatHistoryAnswer)
def flat_histoday(
    fsym: str, tsym: str, limit: int, aggregate: int, to: int | None, everything: bool
) -> Response:
    """Get candles of 1 to 30 days in the first format; `allData` gets all of them."""
    return _flat(history_of(DayQuery, fsym, tsym, limit, aggregate, to, everything=everything))


def _flat(history: History) -> Response:
    constant = {
        "FirstValueInArray": True,
        "ConversionType": {"type": "direct", "conversionSymbol": ""},
    }
    return history.respond(history.head() | history.span() | constant | {"Data": history.rows})
