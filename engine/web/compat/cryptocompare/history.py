"""Candles in CryptoCompare's format: https://min-api.cryptocompare.com/documentation."""

from flask import Response

from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat.cryptocompare._blueprint import bp, served
from engine.web.compat.cryptocompare._candles import History, history_of
from schemas.compat.cryptocompare import DayQuery, HistoryAnswer, HourQuery, MinuteQuery


@bp.get("/histominute")
@bp.get("/v2/histominute")
@limiter.limit(quota("ohlcv"))
@served(query=MinuteQuery, answer=HistoryAnswer)
def histominute(fsym: str, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of 1 to 30 minutes."""
    return _nested(history_of(MinuteQuery, fsym, tsym, limit, aggregate, to))


@bp.get("/histohour")
@bp.get("/v2/histohour")
@limiter.limit(quota("ohlcv"))
@served(query=HourQuery, answer=HistoryAnswer)
def histohour(fsym: str, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of 1 to 30 hours."""
    return _nested(history_of(HourQuery, fsym, tsym, limit, aggregate, to))


@bp.get("/histoday")
@bp.get("/v2/histoday")
@limiter.limit(quota("ohlcv"))
@served(query=DayQuery, answer=HistoryAnswer)
def histoday(fsym: str, tsym: str, limit: int, aggregate: int, to: int | None, everything: bool) -> Response:
    """Get candles of 1 to 30 days; `allData` gets all of them."""
    return _nested(history_of(DayQuery, fsym, tsym, limit, aggregate, to, everything=everything))


def _nested(history: History) -> Response:
    return history.respond(history.head() | {"Data": history.span() | {"Data": history.rows}})
