"""Changes of prices in the currency of an answer. The prices' own changes are in dollars."""

from collections.abc import Iterable
from dataclasses import replace

from engine.analysis.consensus import tidy
from engine.errors import AllProvidersFailed
from engine.market import RequestedCoin
from engine.market.prices.lists import CoinPrice
from engine.web.names import WrongName, requested_pair
from engine.web.services import current_services

DOLLARS = ("USD", "USDT")
"""Currencies in which changes are as in dollars."""
CHANGES = ("change_1h", "change_24h", "change_7d")


def in_currency(coins: Iterable[CoinPrice], currency: str) -> tuple[CoinPrice, ...]:
    """Return the prices with their changes in `currency`: unknown where its own change is unknown."""
    if currency in DOLLARS:
        return tuple(coins)
    own = _price_of(currency)
    return tuple(replace(coin, **{name: _relative(coin, own, name) for name in CHANGES}) for coin in coins)


def _price_of(currency: str) -> CoinPrice | None:
    services = current_services()
    pair = requested_pair(f"{currency}/USD", services.catalogue, services.market.now())
    if isinstance(pair, WrongName):
        return None
    try:
        found = services.market.prices.consensus([RequestedCoin(pair.name, pair.pair.base)], "USD")
    except AllProvidersFailed:
        return None
    return found.coins[0] if found.coins else None


def _relative(coin: CoinPrice, currency: CoinPrice | None, name: str) -> float | None:
    """Return by how many per cent a coin has changed in a currency, from the dollar changes of both."""
    change, own = getattr(coin, name), None if currency is None else getattr(currency, name)
    if change is None or own is None or own <= -100:
        return None
    return tidy(((1 + change / 100) / (1 + own / 100) - 1) * 100)
