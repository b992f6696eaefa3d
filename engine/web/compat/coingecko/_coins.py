"""Coins and currencies under CoinGecko's names. Pure functions."""

from engine.market.prices.lists import CoinPrice
from engine.market.prices.request import CURRENCIES as CODES
from providers import ASSET_BY_ID, Asset, Pair
from schemas import RequestedPair

CURRENCIES = {code.lower(): code for code in ("USD", *(code for code in CODES if code != "USD"))}
"""The currencies of prices, by CoinGecko's names."""
NAMES = {
    "usd": ("US Dollar", "$", "fiat"),
    "usdt": ("Tether", "USDT", "crypto"),
    "eur": ("Euro", "€", "fiat"),
    "gbp": ("British Pound Sterling", "£", "fiat"),
    "try": ("Turkish Lira", "₺", "fiat"),
    "brl": ("Brazil Real", "R$", "fiat"),
    "jpy": ("Japanese Yen", "¥", "fiat"),
    "aud": ("Australian Dollar", "A$", "fiat"),
    "cad": ("Canadian Dollar", "CA$", "fiat"),
    "chf": ("Swiss Franc", "Fr.", "fiat"),
    "usdc": ("USDC", "USDC", "crypto"),
    "btc": ("Bitcoin", "BTC", "crypto"),
    "eth": ("Ether", "ETH", "crypto"),
}
"""The name, the sign and the kind of each currency."""
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


def in_currency(figure: float | None, coin: CoinPrice) -> float | None:
    """Convert a figure of a coin from dollars to the currency of its price; `None` without a rate."""
    if figure is None or coin.price is None or not coin.price_usd:
        return None
    return figure if coin.price == coin.price_usd else figure * (coin.price / coin.price_usd)


def rounded(price: float | None, precision: int | None) -> float | None:
    """Round a price to so many decimals, if they are given."""
    return price if price is None or precision is None else round(price, precision)
