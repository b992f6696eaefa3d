"""The content of `exchangeInfo`. Its only trading rule is the step of a price, where a venue says one."""

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.joined import JoinedMarket, joined_market
from engine.config import Settings
from engine.errors import InvalidRequest
from engine.web.compat.binance._figures import NOTHING, written

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


def market_of(symbol: str, catalogue: Catalogue) -> JoinedMarket:
    """Return the market of a name. Raises Binance's refusal of an unknown one."""
    found = joined_market(symbol, catalogue)
    if found is None:
        refused = {"code": -1121, "msg": "Invalid symbol."}
        raise InvalidRequest(str(refused["msg"]), {"symbol": refused})
    return found


def row(market: JoinedMarket, *, sets: bool) -> dict[str, object]:
    """Return the row of a market, with `permissionSets` where `sets` is true."""
    return {
        "symbol": market.symbol,
        "status": "TRADING",
        "baseAsset": market.code,
        "quoteAsset": market.quote.code,
        **dict.fromkeys(PRECISIONS, PRECISION),
        "orderTypes": [],
        **dict.fromkeys(ALLOWED, False),
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [] if market.tick is None else [_price_filter(market.tick)],
        "permissions": [],
        **({"permissionSets": [["SPOT"]]} if sets else {}),
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": [],
    }


def _price_filter(tick: float) -> dict[str, str]:
    """Return the filter with the finest step of a price. Binance's 0 stands for no bound."""
    return {
        "filterType": "PRICE_FILTER",
        "minPrice": NOTHING,
        "maxPrice": NOTHING,
        "tickSize": written(tick),
    }
