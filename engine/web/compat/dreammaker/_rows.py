"""Rows of coins in the clients' format. Pure functions."""

from collections.abc import Sequence

from engine.market.prices.lists import CoinPrice
from engine.timestamps import iso
from providers import Listing

REQUIRED = frozenset("BTC ETH SOL XRP BNB ADA DOT LINK LTC BCH MATIC AVAX XLM TRX".split())
"""The coins that clients compute signals for. They take a coin that is not listed for one without a price."""


def top(coins: Sequence[CoinPrice], limit: int) -> list[CoinPrice]:
    """Return the first `limit` of `coins` in their order.

    Where `limit` has room for all required coins, these replace the last of the others.
    """
    if limit < len(REQUIRED):
        return list(coins[:limit])
    required = {coin.symbol for coin in coins} & REQUIRED
    others = [coin.symbol for coin in coins if coin.symbol not in required]
    kept = required | set(others[: limit - len(required)])
    return [coin for coin in coins if coin.symbol in kept]


def price(coin: CoinPrice) -> float | None:
    """Return the price in dollars; in USDT where the rate is unknown."""
    return coin.price if coin.price_usd is None else coin.price_usd


def quotes(coins: Sequence[CoinPrice]) -> str:
    """Return the currencies of the prices of `coins`."""
    return ", ".join(dict.fromkeys("USDT" if coin.price_usd is None else "USD" for coin in coins))


def top_price(coin: CoinPrice) -> dict[str, object]:
    """Return the row of a coin in the list of the largest."""
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
    """Return the row of a coin of the engine, in the format of newer clients."""
    return {"id": coin.asset.coingecko, **_figures(coin, coin.symbol, coin.asset.name, price(coin))}


def trending(coin: Listing) -> dict[str, object]:
    """Return the row of any coin in this format. It has no id, because its code is ambiguous."""
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
