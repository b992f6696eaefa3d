"""The content of `exchangeInfo`. Its trading rules are the steps of prices and amounts that a venue lists."""

from collections.abc import Sequence

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.joined import JoinedMarket, joined_market, joined_markets
from engine.catalogue.pairs import asset_of
from engine.concurrency.yielding import cooperatively
from engine.config import Settings
from engine.errors import InvalidRequest
from engine.web.access.quotas import amount
from engine.web.compat.binance._figures import NOTHING, written
from engine.web.services import current_services
from providers import Pair
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


def limits(settings: Settings, times: float | None) -> list[dict[str, object]]:
    """Return what every path allows in a minute; empty for clients without quotas.

    The weight of a request is its share of its path's quota, so that no client below the limit is refused.
    """
    if times is None or not settings.rate_limit_enabled:
        return []
    most = least(settings, times)
    kinds = ("REQUEST_WEIGHT", "RAW_REQUESTS")
    return [{"rateLimitType": kind, "interval": "MINUTE", "intervalNum": 1, "limit": most} for kind in kinds]


def least(settings: Settings, times: float) -> int:
    """Return the requests a minute of the path with the smallest quota."""
    return min(amount(settings, name, times) for name in QUOTAS)


def market_of(symbol: str, catalogue: Catalogue) -> JoinedMarket:
    """Return the market of a name. Raises Binance's refusal of an unknown one."""
    found = joined_market(symbol, catalogue)
    if found is None:
        refused = {"code": -1121, "msg": "Invalid symbol."}
        raise InvalidRequest(str(refused["msg"]), {"symbol": refused})
    return found


def every(catalogue: Catalogue) -> Sequence[JoinedMarket]:
    """Return all markets, which are found once for each version of the catalogue."""
    return current_services().lists.get(
        "binance", catalogue.version, lambda: tuple(cooperatively(joined_markets(catalogue)))
    )


def selected(
    symbol: str | None, symbols: list[str] | None, status: str | None, catalogue: Catalogue
) -> Sequence[JoinedMarket]:
    """Return the requested markets, or every one; all are TRADING. Raises Binance's refusals."""
    named = None if symbol is None and symbols is None else [symbol] if symbol else symbols or []
    markets = None if named is None else [market_of(name, catalogue) for name in named]
    if status in (None, "TRADING"):
        return every(catalogue) if markets is None else markets
    if symbol:
        message = "The symbol's status does not match the requested symbolStatus."
        raise InvalidRequest(message, {"symbolStatus": {"code": -1220, "msg": message}})
    return []


def requested(market: JoinedMarket) -> RequestedPair:
    """Return a market as use cases know it."""
    return RequestedPair(market.code, Pair(asset_of(market.base), market.quote.code))


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
        "filters": _filters(market),
        "permissions": [],
        **({"permissionSets": [["SPOT"]]} if sets else {}),
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": [],
    }


def _filters(market: JoinedMarket) -> list[dict[str, str]]:
    """Return the filters with the steps of a price and an amount. Binance's 0 stands for no bound."""
    steps = (("PRICE_FILTER", "Price", "tickSize", market.tick), ("LOT_SIZE", "Qty", "stepSize", market.step))
    return [
        {"filterType": kind, f"min{of}": NOTHING, f"max{of}": NOTHING, name: written(step)}
        for kind, of, name, step in steps
        if step is not None
    ]
