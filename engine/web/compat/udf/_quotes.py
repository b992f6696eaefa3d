"""Quotes: the price of a pair and its last 24 hours, as the library shows them in its lists."""

from engine.errors import ApiError
from engine.market.prices import CURRENCIES
from engine.market.prices.days import MarketDay
from engine.market.prices.lists import CoinPrice
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin
from engine.web.compat.udf._pairs import EXCHANGE
from engine.web.names import WrongName, requested_pair
from engine.web.services import current_services
from schemas import RequestedPair

Quote = dict[str, object]


def quotes(texts: list[str]) -> tuple[list[Quote], list[Origin]]:
    """Return the quote of each text, or that it means no pair or has no price, and where quotes are from."""
    services = current_services()
    origins: list[Origin] = []
    rows: list[Quote] = []
    for text in texts:
        named = requested_pair(text.rpartition(":")[2], services.catalogue, services.market.now())
        if isinstance(named, WrongName):
            rows.append({"s": "error", "n": text, "errmsg": "unknown_symbol", "v": {}})
            continue
        values, origin = _values(named)
        if origin is None:
            rows.append({"s": "error", "n": text, "errmsg": "no provider has a price", "v": {}})
            continue
        origins.append(origin)
        described = {
            "short_name": named.symbol,
            "original_name": f"{EXCHANGE}:{named.symbol}",
            "exchange": EXCHANGE,
            "description": f"{named.pair.base.name} / {named.pair.quote}",
        }
        known = {name: value for name, value in values.items() if value is not None}
        rows.append({"s": "ok", "n": text, "v": {**described, **known}})
    return rows, origins


def _values(named: RequestedPair) -> tuple[Quote, Origin | None]:
    """Return what an exchange's ticker says of a pair; where none has it, its price and change."""
    found = _use_cases.exchange_pairs()
    day = None if found is None else _use_cases.day_of(found, named.pair)
    if day is not None and found is not None:
        return _of_day(day), Origin(found.validity, (day.venue,), named.pair.quote)
    if named.pair.quote not in CURRENCIES:
        return {}, None
    try:
        prices = _use_cases.prices([named], named.pair.quote)
    except ApiError:
        return {}, None
    return (_of_price(prices.coins[0]), Origin.of(prices)) if prices.coins else ({}, None)


def _of_day(day: MarketDay) -> Quote:
    return {
        "lp": day.last,
        "ch": None if day.open is None else day.last - day.open,
        "chp": day.change,
        "open_price": day.open,
        "high_price": day.high,
        "low_price": day.low,
        "prev_close_price": day.open,
        "volume": day.volume,
        "bid": day.bid,
        "ask": day.ask,
        "spread": None if day.bid is None or day.ask is None else day.ask - day.bid,
    }


def _of_price(coin: CoinPrice) -> Quote:
    price, change = coin.price, coin.change_24h
    if price is None or change is None or change <= -100:
        return {"lp": price}
    before = price / (1 + change / 100)
    return {"lp": price, "ch": price - before, "chp": change, "prev_close_price": before}
