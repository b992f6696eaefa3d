"""Candles of several pairs and intervals."""

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from engine.cache.answers import Answer
from engine.concurrency.yielding import cooperatively
from engine.errors import ApiError, InvalidRequest
from engine.market import CandleRequest
from engine.web.access.admission import charge
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota, units
from engine.web.api._batches import joined, joined_candles
from engine.web.api._candle_requests import INVALID, candle_request
from engine.web.endpoint import endpoint
from engine.web.negotiation import is_csv
from engine.web.query import load
from engine.web.services import current_services
from schemas import OhlcvBatchAnswer, OhlcvBatchQuery, OhlcvQuery, shorten

UNIT = 10
"""Series that count as one request."""
OF_ALL = ("limit", "closedOnly", "startTime", "endTime", "source", "fields", "asOf")
"""The parameters that every series has."""


bp = Blueprint("ohlcv_batch", __name__, url_prefix="/api")


@bp.get("/ohlcv/batch")
@bp.get("/ohlcv/batch.csv", defaults={"format": "csv"})
@limiter.limit(quota("ohlcv"))
@endpoint(query=OhlcvBatchQuery, answer=OhlcvBatchAnswer, failures=(404,), csv=True)
def get_ohlcv_batch(symbols: list[str], intervals: list[str], form: str | None, **_: object) -> Answer:
    """Get the candles of several pairs in several intervals.

    `data` has, for each symbol and within it for each interval, the answer of `/api/ohlcv` or its error. Ten
    series, or part of them, count as one request of the quota; at most 100 are allowed, or what the tier
    of a key says.
    """
    asked = [(symbol, interval) for symbol in symbols for interval in intervals]
    most = caller().limits.series
    if len(asked) > most:
        wrong = f"{len(symbols)} symbols times {len(intervals)} intervals exceeds {most}"
        raise InvalidRequest(INVALID, {"symbols": [wrong]})
    charge(units(len(asked), UNIT))
    read = [_read(symbol, interval) for symbol, interval in cooperatively(asked)]
    good = [each for each in read if isinstance(each, CandleRequest)]
    market = current_services().market
    if is_csv(form):
        wrong_names = [each for each in read if isinstance(each, ApiError)]
        return joined_candles([*market.batches.serve(market.candles.slice, good), *wrong_names])
    answers = iter(market.batches.serve(market.candles.serve, good))
    results = [next(answers) if isinstance(each, CandleRequest) else each for each in read]
    named = [{"symbol": shorten(symbol), "interval": shorten(interval)} for symbol, interval in asked]
    return joined(results, named)


def _read(symbol: str, interval: str) -> CandleRequest | ApiError:
    """Return the request of one series, or the error that `/api/ohlcv` answers it with."""
    of_all = {name: request.args[name] for name in OF_ALL if name in request.args}
    try:
        given = load(OhlcvQuery(), MultiDict({"symbol": symbol, "interval": interval, **of_all}), {})
        del given["form"]
        return candle_request(**given)
    except ApiError as error:
        return error
