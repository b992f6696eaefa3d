"""Candles and charts of a coin."""

from flask import Response

from engine.errors import InvalidRequest
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._translation import Origin, respond
from engine.web.compat.coingecko._blueprint import bp, check_currency, known_coin, served
from engine.web.compat.coingecko._candles import DAY, fit, ohlc, size
from engine.web.compat.coingecko._charts import chart
from engine.web.compat.coingecko._coins import pair
from engine.web.services import current_services
from schemas.compat.coingecko import CHART_ANSWER, OHLC_ANSWER, ChartQuery, OhlcQuery, RangeQuery

MOST_DAYS = 1000
"""Days of a request for `max`."""
UNKNOWN = ("market_caps", "total_volumes")
"""Series that no provider has for the past: they are empty."""


@bp.get("/coins/<coin>/ohlc")
@limiter.limit(quota("ohlcv"))
@served(query=OhlcQuery, answer=OHLC_ANSWER)
def get_ohlc(coin: str, vs_currency: str, days: str, interval: str, precision: int | None) -> Response:
    """CoinGecko: get candles with their close times; the last one is still forming."""
    asset = known_coin(coin)
    check_currency(vs_currency)
    span = MOST_DAYS if days == "max" else int(days)
    length = size(span, interval)
    if not fit(span, length):
        raise InvalidRequest("The request is not valid", {"interval": [f"too short for {days} days"]})
    now = current_services().market.now() * 1000
    rows, candles = ohlc(pair(asset, vs_currency), span, length, now, precision)
    return respond(rows, Origin.of_candles(candles))


@bp.get("/coins/<coin>/market_chart")
@limiter.limit(quota("ohlcv"))
@served(query=ChartQuery, answer=CHART_ANSWER)
def get_chart(coin: str, vs_currency: str, days: str, interval: str, precision: int | None) -> Response:
    """CoinGecko: get prices of the last days: of 5 minutes for one day, hourly up to 90 days, then daily."""
    now = current_services().market.milliseconds()
    span = MOST_DAYS if days == "max" else min(int(days), MOST_DAYS)
    return _chart(coin, vs_currency, now - span * DAY, now, interval, precision)


@bp.get("/coins/<coin>/market_chart/range")
@limiter.limit(quota("ohlcv"))
@served(query=RangeQuery, answer=CHART_ANSWER)
def get_chart_range(
    coin: str, vs_currency: str, start: int, end: int, interval: str, precision: int | None
) -> Response:
    """CoinGecko: get prices between two times, as closely as for so many days."""
    if start > end:
        raise InvalidRequest("The request is not valid", {"from": ["is after to"]})
    now = current_services().market.milliseconds()
    return _chart(coin, vs_currency, start, min(end, now), interval, precision)


def _chart(coin: str, currency: str, start: int, end: int, interval: str, precision: int | None) -> Response:
    asset = known_coin(coin)
    check_currency(currency)
    points, parts = chart(pair(asset, currency), start, end, interval, precision)
    body = {"prices": points, "market_caps": [], "total_volumes": []}
    response = respond(body, *map(Origin.of_candles, parts))
    response.headers["X-Data-Missing"] = ", ".join(UNKNOWN)
    return response
