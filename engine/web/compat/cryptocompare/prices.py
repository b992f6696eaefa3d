"""Prices of now and of the past, and averages of exchanges."""

from statistics import median

from flask import Response

from engine.analysis.consensus import OUTLIER
from engine.errors import ApiError, InvalidRequest
from engine.market import RequestedCoin
from engine.market.prices.days import MarketDay
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._past import past_prices
from engine.web.compat._translation import Origin, present, respond, unkept
from engine.web.compat.cryptocompare._blueprint import bp, served
from engine.web.compat.cryptocompare._coins import coin_of, currencies_of, priced
from engine.web.compat.cryptocompare._days import Days
from engine.web.compat.cryptocompare._figures import raw, shown
from engine.web.services import current_services
from providers import Pair
from schemas.compat.cryptocompare import (
    FULL_ANSWER,
    PRICE_ANSWER,
    PRICES_ANSWER,
    AverageQuery,
    PastQuery,
    PriceQuery,
    PricesQuery,
)

DOLLARS = ("USD", "USDT")
"""The currencies of past prices."""
AGGREGATE = "cccagg"
"""CryptoCompare's name for all exchanges together."""


@bp.get("/price")
@limiter.limit(quota("prices"))
@served(query=PriceQuery, answer=PRICE_ANSWER)
def get_price(fsym: str, tsyms: list[str]) -> Response:
    """Get the price of a coin in several currencies."""
    found = priced([fsym], tsyms, "fsym")
    return found.respond({currency: coin.price for currency, coin in found.rows[fsym].items()})


@bp.get("/pricemulti")
@limiter.limit(quota("prices"))
@served(query=PricesQuery, answer=PRICES_ANSWER)
def get_prices(fsyms: list[str], tsyms: list[str]) -> Response:
    """Get the prices of several coins in several currencies."""
    found = priced(fsyms, tsyms, "fsyms")
    rows = found.rows.items()
    return found.respond({code: {name: coin.price for name, coin in prices.items()} for code, prices in rows})


@bp.get("/pricemultifull")
@limiter.limit(quota("prices"))
@served(query=PricesQuery, answer=FULL_ANSWER)
def get_full(fsyms: list[str], tsyms: list[str]) -> Response:
    """Get the figures of several coins: prices of all providers, and the days of one exchange."""
    found = priced(fsyms, tsyms, "fsyms")
    days = Days()
    rows: dict[str, dict[str, dict[str, object]]] = {}
    for code, prices in found.rows.items():
        rows[code] = {}
        for currency, coin in prices.items():
            rows[code][currency] = raw(code, currency, coin, days.of(coin.asset, currency))
    display = {
        code: {currency: shown(figures) for currency, figures in row.items()} for code, row in rows.items()
    }
    return found.respond({"RAW": rows, "DISPLAY": display}, *days.origins)


@bp.get("/pricehistorical")
@limiter.limit(quota("prices"))
@served(query=PastQuery, answer=PRICES_ANSWER)
def get_past(fsym: str, tsyms: list[str], time: int) -> Response:
    """Get the price of a coin at a past minute, in dollars and tether."""
    coin, currencies = coin_of(fsym, "fsym", time=time / 1000), currencies_of(tsyms, DOLLARS)
    if time > current_services().market.milliseconds():
        raise InvalidRequest("The request is not valid", {"ts": ["is in the future"]})
    found = past_prices(RequestedCoin(coin.name, coin.pair.base), currencies, time)
    known = present(found.prices or None, f"{fsym} at this time", {})
    missing = [code for code in tsyms if code not in known]
    return unkept({fsym: known}, found.sources, missing)


@bp.get("/generateAvg")
@limiter.limit(quota("prices"))
@served(query=AverageQuery, answer=FULL_ANSWER)
def get_average(fsym: str, tsym: str, exchanges: list[str]) -> Response:
    """Get the average price at some exchanges, weighted by what they traded in 24 hours."""
    coin = coin_of(fsym, "fsym")
    every = _days(Pair(coin.pair.base, tsym))
    days = {name: every[name] for name in exchanges if name in every}
    if AGGREGATE in exchanges:
        days |= _near(every)
    if not days:
        wrong = [f"none of {', '.join(exchanges)} has {fsym}/{tsym}"]
        raise InvalidRequest("The request is not valid", {"e": wrong})
    weights = {name: day.volume or 0.0 for name, day in days.items()}
    total = sum(weights.values())
    if not total:
        raise ApiError("No exchange reported a volume", code="PROVIDER_ERROR", status=503)
    price = sum(day.last * weights[name] for name, day in days.items()) / total
    figures: dict[str, object] = {
        "MARKET": "CUSTOMAGG",
        "FROMSYMBOL": fsym,
        "TOSYMBOL": tsym,
        "PRICE": price,
        "LASTUPDATE": int(max(day.time for day in days.values())),
        "VOLUME24HOUR": total,
    }
    highs = [day.high for day in days.values() if day.high is not None]
    lows = [day.low for day in days.values() if day.low is not None]
    figures |= {"HIGH24HOUR": max(highs)} if highs else {}
    figures |= {"LOW24HOUR": min(lows)} if lows else {}
    validity = current_services().market.prices.pairs().validity
    response = respond({"RAW": figures, "DISPLAY": shown(figures)}, Origin(validity, list(days)))
    if left_out := [name for name in exchanges if name not in (*days, AGGREGATE)]:
        response.headers["X-Data-Missing"] = ", ".join(left_out)
    return response


def _days(pair: Pair) -> dict[str, MarketDay]:
    """Return the day of a pair at each exchange that has it."""
    if not current_services().catalogue.catalogue.listed_venues:
        return {}
    markets = current_services().market.prices.markets(pair.base.id)
    return {
        market.venue: MarketDay.of(ticker)
        for market, ticker, _ in reversed(markets)  # the first market of an exchange counts
        if market.quote.code == pair.quote
    }


def _near(days: dict[str, MarketDay]) -> dict[str, MarketDay]:
    """Return the days whose price is no outlier."""
    centre = median(day.last for day in days.values()) if days else 0.0
    return {name: day for name, day in days.items() if abs(day.last - centre) <= OUTLIER * centre}
