"""The prices of markets: of pinned coins against tether by all providers, of others by their own markets."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from engine.catalogue.joined import JoinedMarket
from engine.errors import AllProvidersFailed
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, Outdated
from engine.web.compat.binance._exchange import requested
from engine.web.compat.binance._failures import Unpriced
from engine.web.services import current_services

T = TypeVar("T")


class MarketPrice(msgspec.Struct, frozen=True):
    """A price in the quote, with its change in per cent and the volume in the quote, both of 24 hours."""

    symbol: str
    price: float
    change: float | None
    time: float
    volume: float | None = None


class Found(msgspec.Struct, Generic[T], frozen=True):
    """What is known of markets in the order of the request, those without anything, and where it is from."""

    rows: tuple[T, ...]
    missing: tuple[str, ...]
    origins: tuple[Origin, ...]


def priced(markets: Sequence[JoinedMarket]) -> Found[MarketPrice]:
    """Return the prices of markets. Raises an `ApiError` where there is none at all."""
    coins = [market for market in markets if is_quoted(market)]
    others = [market for market in markets if not is_quoted(market)]
    found: dict[str, MarketPrice] = {}
    origins: list[Origin] = []
    failed: list[Exception] = []
    for some, read in ((coins, _of_coins), (others, _of_pairs)):
        try:
            if some:
                prices, origin = read(some)
                found |= {price.symbol: price for price in prices}
                origins.append(origin)
        except (AllProvidersFailed, Outdated) as error:
            failed.append(error)
    if not found:
        if failed:
            raise failed[0]
        raise Unpriced.of(", ".join(market.symbol for market in markets))
    ordered = tuple(found[market.symbol] for market in markets if market.symbol in found)
    missing = tuple(market.symbol for market in markets if market.symbol not in found)
    return Found(ordered, missing, tuple(origins))


def is_quoted(market: JoinedMarket) -> bool:
    """Return whether all providers quote it: a pinned coin against tether."""
    return market.base.pinned and market.quote.id == "usdt"


def _of_coins(markets: Sequence[JoinedMarket]) -> tuple[list[MarketPrice], Origin]:
    found = _use_cases.prices([requested(market) for market in markets], "USDT")
    rows = [
        MarketPrice(f"{coin.symbol}USDT", coin.price, coin.change_24h, coin.time)
        for coin in found.coins
        if coin.price is not None
    ]
    return rows, Origin.of(found)


def _of_pairs(markets: Sequence[JoinedMarket]) -> tuple[list[MarketPrice], Origin]:
    found = current_services().market.prices.pairs()
    correct, now = current_services().clock.correct, current_services().market.now()
    rows = []
    for market in markets:
        one = found.prices.get((market.base.id, market.quote.id))
        if one is not None and now - correct(one.time) <= _use_cases.PRICE_SECONDS:
            rows.append(MarketPrice(market.symbol, one.price, one.change, correct(one.time), one.volume))
    return rows, Origin(found.validity, found.venues)
