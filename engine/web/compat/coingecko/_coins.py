"""Coins and currencies under CoinGecko's names. Pure functions."""

from providers import ASSET_BY_ID, Asset, Pair
from schemas import RequestedPair

CURRENCIES = {"usd": "USD", "usdt": "USDT"}
"""The currencies of prices, by CoinGecko's names."""
Coins = dict[str, Asset]
"""Coins by their names in the request."""


def named(asset: Asset) -> dict[str, object]:
    """Return the id, the code and the name of a coin."""
    return {"id": asset.coingecko, "symbol": asset.code.lower(), "name": asset.name}


def key_of(asset: Asset) -> str:
    """Return the name under which prices are requested: two coins may share a code, but no id."""
    return asset.code if asset.id in ASSET_BY_ID else f"@{asset.id}"


def pair(asset: Asset, currency: str) -> RequestedPair:
    """Return the coin, with prices in `currency`."""
    return RequestedPair(key_of(asset), Pair(asset, CURRENCIES[currency]))


def in_currency(figure: float | None, currency: str, usdt_usd: float | None) -> float | None:
    """Convert a figure from dollars to `currency` by the observed rate; `None` without a rate."""
    rate = 1.0 if currency == "usd" else usdt_usd
    return None if figure is None or rate is None else figure / rate


def rounded(price: float | None, precision: int | None) -> float | None:
    """Round a price to so many decimals, if they are given."""
    return price if price is None or precision is None else round(price, precision)
