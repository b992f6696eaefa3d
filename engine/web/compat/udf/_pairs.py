"""Pairs in the format of TradingView's library. Pure functions."""

from math import floor, log10

from providers import ASSETS, Pair
from schemas import RequestedPair
from schemas.compat.udf import RESOLUTIONS

EXCHANGE = "ENGINE"
"""One name for all providers; the headers name the provider of an answer."""
KIND = "crypto"
QUOTES = {"USDT": "Tether", "USD": "US dollar"}
SIGNIFICANT = 7
"""Digits of a price in a chart; few exchanges have more."""
FEWEST_DECIMALS, MOST_DECIMALS = 2, 10
EVERY_PAIR = [RequestedPair(asset.symbol, Pair(asset, quote)) for asset in ASSETS for quote in QUOTES]


def described(coin: RequestedPair, price: float | None) -> dict[str, object]:
    """Return the properties of a pair that a chart needs. `price` sets the number of decimals."""
    return {
        **_named(coin),
        "name": coin.symbol,
        "listed_exchange": EXCHANGE,
        "session": "24x7",
        "timezone": "Etc/UTC",
        "format": "price",
        "minmov": 1,
        "pricescale": price_scale(price),
        "has_intraday": True,
        "intraday_multipliers": [name for name in RESOLUTIONS if name.isdecimal()],
        "has_daily": True,
        "daily_multipliers": ["1"],
        "has_weekly_and_monthly": True,
        "weekly_multipliers": ["1"],
        "monthly_multipliers": [],
        "supported_resolutions": list(RESOLUTIONS),
        "visible_plots_set": "ohlcv",
        "volume_precision": 8,
        "data_status": "pulsed",  # the library polls, nothing is pushed
        "currency_code": coin.pair.quote,
    }


def price_scale(price: float | None) -> int:
    """Return the number of steps in 1, for the significant digits of `price`; the maximum without one."""
    decimals = MOST_DECIMALS if price is None else SIGNIFICANT - 1 - floor(log10(price))
    return int(10 ** min(max(decimals, FEWEST_DECIMALS), MOST_DECIMALS))


def search(typed: str) -> list[dict[str, object]]:
    """Return the pairs whose symbol, alias or name contains `typed`; first those that begin with it."""
    text = typed.upper().rpartition(":")[2].strip()
    plain = "".join(letter for letter in text if letter not in "/-_ ")
    found = [coin for coin in EVERY_PAIR if _matches(coin, plain, text)]
    found.sort(key=lambda coin: not coin.symbol.startswith(plain))
    return [{"symbol": coin.symbol, **_named(coin)} for coin in found]


def _matches(coin: RequestedPair, plain: str, text: str) -> bool:
    asset, quote = coin.pair.base, coin.pair.quote
    symbols = (name + quote for name in (asset.symbol, *asset.aliases))
    return text in asset.name.upper() or any(plain in symbol for symbol in symbols)


def _named(coin: RequestedPair) -> dict[str, object]:
    return {
        "full_name": f"{EXCHANGE}:{coin.symbol}",
        "ticker": coin.symbol,
        "description": f"{coin.pair.base.name} / {QUOTES[coin.pair.quote]}",
        "exchange": EXCHANGE,
        "type": KIND,
    }
