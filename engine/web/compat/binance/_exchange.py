"""What `exchangeInfo` tells of the engine. No trading rule is known here, so none is told."""

from collections.abc import Sequence

from engine.config import Settings
from schemas import RequestedPair

PRECISION = 8
"""Decimals of every figure at least."""
PRECISIONS = (
    "baseAssetPrecision quotePrecision quoteAssetPrecision baseCommissionPrecision quoteCommissionPrecision"
).split()
ALLOWED = (
    "icebergAllowed ocoAllowed otoAllowed opoAllowed quoteOrderQtyMarketAllowed allowTrailingStop "
    "cancelReplaceAllowed amendAllowed pegInstructionsAllowed"
).split()
"""What may be ordered: nothing, here."""
COUNTED = ("ohlcv", "prices", "default")
"""The quotas of Binance's addresses."""


def limits(settings: Settings, times: int | None) -> list[dict[str, object]]:
    """What a client may ask in a minute of any address; empty for one without bounds."""
    if times is None or not settings.rate_limit_enabled:
        return []
    least = min(getattr(settings, f"rate_limit_{name}") for name in COUNTED) * times
    return [{"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 1, "limit": least}]


def markets(coins: Sequence[RequestedPair], *, sets: bool) -> list[dict[str, object]]:
    """A row for each, with its `permissionSets` where those are wanted."""
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
