"""Coins as the clients read them. Pure functions."""

from collections.abc import Sequence

from engine.market.prices.lists import CoinPrice
from engine.timestamps import iso
from providers import Listing

REQUIRED = frozenset("BTC ETH SOL XRP BNB ADA DOT LINK LTC BCH MATIC AVAX XLM TRX".split())
"""The coins that signals are made for: a client takes one that is not in the list for one without a price."""


def top(coins: Sequence[CoinPrice], limit: int) -> list[CoinPrice]:
    """Return the first `limit` of `coins` in their order.

    Where there is room for all of those that are required, they displace the last of the others.
    """
    if limit < len(REQUIRED):
        return list(coins[:limit])
    required = {coin.symbol for coin in coins} & REQUIRED
    others = [coin.symbol for coin in coins if coin.symbol not in required]
    kept = required | set(others[: limit - len(required)])
    return [coin for coin in coins if coin.symbol in kept]


def price(coin: CoinPrice) -> float | None:
    """Return the price in dollars; in USDT where its worth is unknown."""
    return coin.price if coin.price_usd is None else coin.price_usd


def quotes(coins: Sequence[CoinPrice]) -> str:
    """Return the currencies of the prices of `coins`."""
    return ", ".join(dict.fromkeys("USDT" if coin.price_usd is None else "USD" for coin in coins))


def top_price(coin: CoinPrice) -> dict[str, object]:
    """Return a coin in the list of the largest."""
    return {
        "symbol": coin.symbol,
        "name": coin.asset.name,
        "price": price(coin),
        "change_24h": coin.change_24h,
        "volume_24h": coin.volume_24h,
        "market_cap": coin.market_cap,
        "rank": coin.rank,
        "last_updated": iso(coin.time),
    }


def priced(coin: CoinPrice) -> dict[str, object]:
    """Return a coin that is served, as newer clients read it."""
    return {"id": coin.asset.coingecko, **_figures(coin, coin.symbol, coin.asset.name, price(coin))}


def trending(coin: Listing) -> dict[str, object]:
    """Return any coin in the same shape: its code does not tell it from others, so it has no id."""
    return {"id": None, **_figures(coin, coin.code, coin.name, coin.price)}


def _figures(it: CoinPrice | Listing, symbol: str, name: str, price: float | None) -> dict[str, object]:
    return {
        "symbol": symbol,
        "name": name,
        "current_price": price,
        "price_change_percentage_24h": it.change_24h,
        "market_cap": it.market_cap,
        "total_volume": it.volume_24h,
        "rank": it.rank,
    }
