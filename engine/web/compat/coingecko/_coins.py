"""The coins that are served, as CoinGecko names them. Pure functions."""

from collections.abc import Sequence

from providers import ASSET_BY_NAME, ASSETS, Asset, Pair
from schemas import RequestedPair

CURRENCIES = {"usd": "USD", "usdt": "USDT"}
"""What prices can be had in, as CoinGecko writes it and as the engine does."""
BY_ID = {asset.coingecko: asset for asset in ASSETS}
BY_NAME = {asset.name.lower(): asset for asset in ASSETS}
BY_SYMBOL = {symbol.lower(): asset for symbol, asset in ASSET_BY_NAME.items()}

Coins = dict[str, Asset]
"""Coins by what they were asked under."""


def chosen(
    ids: Sequence[str] | None, names: Sequence[str] | None, symbols: Sequence[str] | None
) -> Coins | None:
    """Those of the first list that is given, unknown ones left out; `None` where none is given."""
    if ids:
        return {name: BY_ID[name] for name in ids if name in BY_ID}
    if names:
        return {BY_NAME[name].name: BY_NAME[name] for name in names if name in BY_NAME}
    if symbols:
        return {name: BY_SYMBOL[name] for name in symbols if name in BY_SYMBOL}
    return None


def named(asset: Asset) -> dict[str, object]:
    """Its three names."""
    return {"id": asset.coingecko, "symbol": asset.code.lower(), "name": asset.name}


def pair(asset: Asset, currency: str) -> RequestedPair:
    """The coin under its own code, priced in `currency`."""
    return RequestedPair(asset.code, Pair(asset, CURRENCIES[currency]))


def in_currency(figure: float | None, currency: str, usdt_usd: float | None) -> float | None:
    """Return a figure in dollars in `currency`, by the rate that was observed; `None` without one."""
    rate = 1.0 if currency == "usd" else usdt_usd
    return None if figure is None or rate is None else figure / rate


def rounded(price: float | None, precision: int | None) -> float | None:
    """With so many digits after the point."""
    return price if price is None or precision is None else round(price, precision)
