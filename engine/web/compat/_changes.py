"""Changes of prices in the currency of an answer. The prices' own changes are in dollars."""

from collections.abc import Iterable

from msgspec.structs import replace

from engine.analysis.consensus import tidy
from engine.errors import AllProvidersFailed
from engine.market import RequestedCoin
from engine.market.prices.lists import CoinPrice
from engine.web.names import WrongName, requested_pair
from engine.web.services import current_services

DOLLARS = ("USD", "USDT")
"""Currencies whose changes are those in dollars."""


def in_currency(coins: Iterable[CoinPrice], currency: str) -> tuple[CoinPrice, ...]:
    """Return the prices with their changes in `currency`, `None` while the currency's change is unknown."""
    if currency in DOLLARS:
        return tuple(coins)
    currency_price = _price_of(currency)
    return tuple(_changed(coin, currency_price) for coin in coins)


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


def _changed(coin: CoinPrice, currency: CoinPrice | None) -> CoinPrice:
    if currency is None:
        return replace(coin, change_1h=None, change_24h=None, change_7d=None)
    return replace(
        coin,
        change_1h=_relative(coin.change_1h, currency.change_1h),
        change_24h=_relative(coin.change_24h, currency.change_24h),
        change_7d=_relative(coin.change_7d, currency.change_7d),
    )


def _relative(coin: float | None, currency: float | None) -> float | None:
    """Return by how many per cent a coin has changed in a currency, from the dollar changes of both."""
    if coin is None or currency is None or currency <= -100:
        return None
    return tidy(((1 + coin / 100) / (1 + currency / 100) - 1) * 100)
