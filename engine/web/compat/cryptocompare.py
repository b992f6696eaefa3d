"""CryptoCompare's candles: https://min-api.cryptocompare.com/documentation.

Failures have status 200 and `"Response": "Error"`. The engine ignores the keys that clients send, which are
CryptoCompare's.
"""

from dataclasses import replace
from typing import Any

from flask import Response
from marshmallow import EXCLUDE

from engine.errors import ApiError
from engine.market import MAXIMUM
from engine.market.candles.slices import CandleSlice
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat import _use_cases
from engine.web.compat._dialect import Failure, dialect
from engine.web.compat._translation import Origin, respond
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from providers import INTERVALS, Candle, Interval
from schemas import RequestedPair
from schemas.compat.cryptocompare import (
    DayQuery,
    HistoryAnswer,
    HistoryError,
    HistoryQuery,
    HourQuery,
    MinuteQuery,
)

OTHER, WRONG, SPENT = 1, 2, 99
"""Values of `Type` for failures."""
TYPES = {"RATE_LIMITED": SPENT, "INVALID_PARAMETER": WRONG, "INVALID_SYMBOL": WRONG}
SPENT_MESSAGE = "You are over your rate limit please upgrade your account!"
"""The text that clients recognise."""


class NoData(ApiError):
    """No provider has candles of this time."""

    code = "INSUFFICIENT_DATA"
    status = 422


def failure(error: ApiError) -> Failure:
    """Return a failure in CryptoCompare's format, with status 200 except for a refused method."""
    body: dict[str, object] = {
        "Response": "Error",
        "Message": SPENT_MESSAGE if error.code == "RATE_LIMITED" else error.message,
        "HasWarning": False,
        "Type": TYPES.get(error.code, OTHER),
        "RateLimit": {},
        "Data": {},
    }
    if body["Type"] == WRONG and error.details:
        name, wrong = next(iter(error.details.items()))
        body |= {"Message": f"{name} {_first(wrong)}", "ParamWithError": name}
    return body, error.status if error.code == "METHOD_NOT_ALLOWED" else 200


bp = dialect("cryptocompare", "/compat/cryptocompare", failure)


@bp.get("/histominute")
@bp.get("/v2/histominute")
@limiter.limit(quota("ohlcv"))
@endpoint(query=MinuteQuery, answer=HistoryAnswer, unknown=EXCLUDE, failure=HistoryError, fails_with=200)
def histominute(fsym: RequestedPair, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of 1 to 30 minutes."""
    return _history(MinuteQuery, fsym, tsym, limit, aggregate, to)


@bp.get("/histohour")
@bp.get("/v2/histohour")
@limiter.limit(quota("ohlcv"))
@endpoint(query=HourQuery, answer=HistoryAnswer, unknown=EXCLUDE, failure=HistoryError, fails_with=200)
def histohour(fsym: RequestedPair, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of 1 to 12 hours."""
    return _history(HourQuery, fsym, tsym, limit, aggregate, to)


@bp.get("/histoday")
@bp.get("/v2/histoday")
@limiter.limit(quota("ohlcv"))
@endpoint(query=DayQuery, answer=HistoryAnswer, unknown=EXCLUDE, failure=HistoryError, fails_with=200)
def histoday(fsym: RequestedPair, tsym: str, limit: int, aggregate: int, to: int | None) -> Response:
    """Get candles of a day, three days or a week."""
    return _history(DayQuery, fsym, tsym, limit, aggregate, to)


def _history(
    query: type[HistoryQuery], fsym: RequestedPair, tsym: str, limit: int, aggregate: int, to: int | None
) -> Response:
    """Return one row more than the limit, up to the maximum of the engine."""
    end = None if to is None or to >= current_services().market.now() else to * 1000
    interval = INTERVALS[query.intervals[aggregate]]
    found = _longest(fsym, tsym, interval, min(limit + 1, MAXIMUM), end)
    if not found.candles:
        raise NoData(f"There is no data for the toTs {to}")
    rows = [_row(candle) for candle in found.candles]
    span = {"TimeFrom": rows[0]["time"], "TimeTo": rows[-1]["time"]}
    body = {
        "Response": "Success",
        "Message": "",
        "HasWarning": False,
        "Type": 100,
        "RateLimit": {},
        "Data": {"Aggregated": aggregate > 1, **span, "Data": rows},
    }
    response = respond(body, Origin.of_candles(found))
    if any(candle.quote_volume is None for candle in found.candles):
        response.headers["X-Data-Estimated"] = "volumeto"
    return response


def _longest(fsym: RequestedPair, tsym: str, interval: Interval, count: int, end: int | None) -> CandleSlice:
    """Return `count` candles in `tsym`, or in tether where the dollar markets have fewer."""
    found = _use_cases.candles(_in(fsym, tsym), interval, count, end=end)
    if len(found.candles) >= count or found.quote == "USDT":
        return found
    try:
        return max(found, _use_cases.candles(_in(fsym, "USDT"), interval, count, end=end), key=_length)
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


def _first(wrong: object) -> object:
    return wrong[0] if isinstance(wrong, list) else wrong
