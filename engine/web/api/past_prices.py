"""Prices at a past minute."""

from flask import Blueprint, Response

from engine.errors import InvalidRequest
from engine.market import RequestedCoin
from engine.market.prices.past import PastPrice, PastPrices
from engine.timestamps import iso
from engine.web.access.admission import charge
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._tables import table
from engine.web.endpoint import endpoint
from engine.web.negotiation import is_csv
from engine.web.services import current_services
from schemas import PastPricesAnswer, PastPricesQuery, RequestedPair

MOST = 10
"""Coins of one request: each is asked for at several venues."""
COLUMNS = ("symbol", "name", "price", "priceUsd", "confidence", "verified", "disputed")
"""The columns of a table: all members of a row but its sources."""
INVALID = "The request is not valid"

bp = Blueprint("past_prices", __name__, url_prefix="/api/prices")


@bp.get("/at")
@bp.get("/at.csv", defaults={"format": "csv"})
@limiter.limit(quota("prices"))
@endpoint(query=PastPricesQuery, answer=PastPricesAnswer, csv=True, failures=(503,))
def get_prices_at(
    symbols: list[RequestedPair], time: int, convert: str, form: str | None
) -> Response | dict[str, object]:
    """Get the price of each coin at a past minute: the median of several venues' closes.

    The minute is the last one that had closed at `time`. Each coin counts as one request of the quota. A
    price is null where no venue has one of that minute. If venues fail and no other one has a price, the
    answer is an error.
    """
    found = find_prices_at(symbols, time, convert)
    if is_csv(form):
        rows = [_row(price) for price in found.prices]
        lacking = sum(price.price is None for price in found.prices)
        return table(COLUMNS, rows, sources_of(found), age_of(found), lacking)
    return body_of(found)


def find_prices_at(symbols: list[RequestedPair], time: int, convert: str) -> PastPrices:
    """Return prices at a past minute, each of which counts. Raises an `ApiError`."""
    market = current_services().market
    if len(symbols) > MOST:
        raise InvalidRequest(INVALID, {"symbols": [f"names more than {MOST}"]})
    if time > market.milliseconds():
        raise InvalidRequest(INVALID, {"time": ["is in the future"]})
    charge(len(symbols))
    coins = [RequestedCoin(it.name, it.pair.base, it.venue, it.about) for it in symbols]
    return market.past.at(coins, convert, time)


def sources_of(found: PastPrices) -> tuple[str, ...]:
    """Return the venues whose closes count, each once."""
    label = current_services().market.label
    known = (price.consensus for price in found.prices if price.consensus is not None)
    return tuple(dict.fromkeys(label(one.provider) for each in known for one in each.counted))


def age_of(found: PastPrices) -> float:
    """Return the seconds since the minute ended."""
    return max(0.0, current_services().market.now() - found.close / 1000)


def body_of(found: PastPrices, **more: object) -> dict[str, object]:
    """Return the answer, with `more` under `meta`."""
    rate = found.rate
    meta = {
        "time": iso(found.close / 1000),
        "usdtUsd": None if rate is None else rate.price,
        "usdtUsdConfidence": None if rate is None else rate.confidence,
        "providers": found.failures,
    }
    return {"success": True, "data": [_row(price) for price in found.prices], "meta": {**meta, **more}}


def _row(it: PastPrice) -> dict[str, object]:
    label, known = current_services().market.label, it.consensus
    sources = () if known is None else known.sources
    return {
        "symbol": it.symbol,
        "name": it.asset.name,
        "price": it.price,
        "priceUsd": it.price_usd,
        "confidence": 0.0 if known is None else known.confidence,
        "verified": known is not None and known.verified,
        "disputed": known is not None and known.disputed,
        "sources": [
            {
                "provider": label(source.provider),
                "price": source.price,
                "deviation": round(source.deviation, 6),
                "outlier": source.outlier,
                "suspect": source.suspect,
            }
            for source in sources
        ],
    }
