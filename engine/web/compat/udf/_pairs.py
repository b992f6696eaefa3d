"""Pairs in the format of TradingView's library. Pure functions."""

from fractions import Fraction
from math import floor, log10

from engine.web.compat.udf._search import FoundPair
from schemas import RequestedPair
from schemas.compat.udf import RESOLUTIONS

EXCHANGE = "ENGINE"
"""One name for all providers; the headers name the provider of an answer."""
KIND = "crypto"
SIGNIFICANT = 7
"""Digits of a price in a chart; few exchanges have more."""
FEWEST_DECIMALS, MOST_DECIMALS = 2, 10


def described(
    coin: RequestedPair, quote_name: str, tick: float | None, price: float | None
) -> dict[str, object]:
    """Return the properties of a pair that a chart needs, with the name of its quote.

    `tick` is the step of its prices; where no venue has said one, `price` sets the number of decimals.
    """
    steps, scale = (1, price_scale(price)) if tick is None else tick_scale(tick)
    return {
        **_named(coin.symbol, coin.pair.base.name, quote_name),
        "name": coin.symbol,
        "listed_exchange": EXCHANGE,
        "session": "24x7",
        "timezone": "Etc/UTC",
        "format": "price",
        "minmov": steps,
        "pricescale": scale,
        "has_intraday": True,
        "intraday_multipliers": [name for name in RESOLUTIONS if name.isdecimal()],
        "has_daily": True,
        "daily_multipliers": ["1", "3"],
        "has_weekly_and_monthly": True,
        "weekly_multipliers": ["1"],
        "monthly_multipliers": ["1"],
        "supported_resolutions": list(RESOLUTIONS),
        "visible_plots_set": "ohlcv",
        "volume_precision": 8,
        "data_status": "pulsed",  # the library polls, nothing is pushed
        "currency_code": coin.pair.quote,
    }


def tick_scale(tick: float) -> tuple[int, int]:
    """Return a step of prices as a fraction: 0.0005 is 5 of 10000."""
    fraction = Fraction(repr(tick))
    scale = 1
    while scale % fraction.denominator:
        scale *= 10
    return int(fraction * scale), scale


def price_scale(price: float | None) -> int:
    """Return the number of steps in 1, for the significant digits of `price`; the maximum without one."""
    decimals = MOST_DECIMALS if price is None else SIGNIFICANT - 1 - floor(log10(price))
    return int(10 ** min(max(decimals, FEWEST_DECIMALS), MOST_DECIMALS))


def found_row(pair: FoundPair) -> dict[str, object]:
    """Return a pair that a search has found."""
    return {"symbol": pair.symbol, **_named(pair.symbol, pair.base.name, pair.quote.name or pair.quote.code)}


def _named(symbol: str, base: str, quote: str) -> dict[str, object]:
    return {
        "full_name": f"{EXCHANGE}:{symbol}",
        "ticker": symbol,
        "description": f"{base} / {quote}",
        "exchange": EXCHANGE,
        "type": KIND,
    }
