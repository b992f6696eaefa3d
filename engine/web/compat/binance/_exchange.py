"""The content of `exchangeInfo`. It has no trading rules, because the engine knows none."""

from collections.abc import Sequence

from engine.config import Settings
from schemas import RequestedPair

PRECISION = 8
"""Minimum decimals of every figure."""
PRECISIONS = (
    "baseAssetPrecision quotePrecision quoteAssetPrecision baseCommissionPrecision quoteCommissionPrecision"
).split()
ALLOWED = (
    "icebergAllowed ocoAllowed otoAllowed opoAllowed quoteOrderQtyMarketAllowed allowTrailingStop "
    "cancelReplaceAllowed amendAllowed pegInstructionsAllowed"
).split()
"""Kinds of orders: the engine accepts none."""
QUOTAS = ("ohlcv", "prices", "default")
"""The quotas of Binance's paths."""


def limits(settings: Settings, times: int | None) -> list[dict[str, object]]:
    """Return the requests per minute that every path allows; empty for clients without quotas."""
    if times is None or not settings.rate_limit_enabled:
        return []
    least = min(getattr(settings, f"rate_limit_{name}") for name in QUOTAS) * times
    return [{"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 1, "limit": least}]


def markets(coins: Sequence[RequestedPair], *, sets: bool) -> list[dict[str, object]]:
    """Return a row for each market, with `permissionSets` where `sets` is true."""
    return [_market(coin) | ({"permissionSets": [["SPOT"]]} if sets else {}) for coin in coins]


def _market(coin: RequestedPair) -> dict[str, object]:
    return {
        "symbol": coin.symbol,
        "status": "TRADING",
        "baseAsset": coin.name,
        "quoteAsset": coin.pair.quote,
        **dict.fromkeys(PRECISIONS, PRECISION),
        "orderTypes": [],
        **dict.fromkeys(ALLOWED, False),
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [],
        "permissions": [],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": [],
    }
