"""What there is: the search, trending coins, categories, and rates of exchange."""

from typing import Any

from flask import Response

from engine.market.prices.request import CURRENCIES as CODES
from engine.timestamps import iso
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._translation import Origin, present, respond, unkept
from engine.web.compat._use_cases import categories, overview
from engine.web.compat.coingecko._blueprint import bp, served
from engine.web.compat.coingecko._coins import CURRENCIES, NAMES
from engine.web.compat.coingecko._index import current_index
from engine.web.compat.coingecko.prices import origins, prices_in_all
from engine.web.services import current_services
from providers import ASSET_BY_NAME, Listing
from schemas.compat.coingecko import (
    CATEGORIES_ANSWER,
    RATES_ANSWER,
    SEARCH_ANSWER,
    TRENDING_ANSWER,
    CategoriesQuery,
    SearchQuery,
)

MOST_FOUND = 25
"""Coins of a search."""
NOTHING: dict[str, list[object]] = {"icos": [], "categories": [], "nfts": []}
ORDERS = {"market_cap": "market_cap", "market_cap_change_24h": "market_cap_change_24h", "name": "name"}


@bp.get("/search")
@limiter.limit(quota("default"))
@served(query=SearchQuery, answer=SEARCH_ANSWER)
def get_search(query: str) -> Response:
    """CoinGecko: get the coins and exchanges that a text means, the larger ones first."""
    current, index = current_services().catalogue, current_index()
    found = current.search.coins(query, limit=4 * MOST_FOUND).rows if query else ()
    coins = [
        {
            "id": it.coin.coingecko,
            "name": it.coin.name,
            "api_symbol": it.coin.coingecko,
            "symbol": it.coin.code,
            "market_cap_rank": it.coin.rank,
            "thumb": None,
            "large": None,
        }
        for it in found
        if it.coin.coingecko in index.by_id
    ]
    venues = [venue for venue in sorted(current.catalogue.listed_venues) if query and query.lower() in venue]
    exchanges = [
        {"id": venue, "name": venue.title(), "market_type": "spot", "thumb": None, "large": None}
        for venue in venues
    ]
    return unkept({"coins": coins[:MOST_FOUND], "exchanges": exchanges, **NOTHING})


@bp.get("/search/trending")
@limiter.limit(quota("default"))
@served(answer=TRENDING_ANSWER)
def get_trending() -> Response:
    """CoinGecko: get the trending coins that are known here, with their figures in dollars."""
    found = overview()
    trending = present(found.trending, "trending", found.failed)
    rows = [row for coin in trending if (row := _trending(coin)) is not None]
    items = [{"item": {**row, "score": place}} for place, row in enumerate(rows)]
    response = respond({"coins": items, "nfts": [], "categories": []}, Origin.of(found))
    if len(rows) < len(trending):
        response.headers["X-Data-Missing"] = f"{len(trending) - len(rows)} coins without an id"
    return response


def _trending(coin: Listing) -> dict[str, object] | None:
    """Return the row of a trending coin, `None` for one whose id is not known."""
    asset = current_index().by_name.get(coin.name.lower())
    if asset is None:
        return None
    figures = {
        "price": coin.price,
        "price_change_percentage_24h": {"usd": coin.change_24h},
        "market_cap": _dollars(coin.market_cap),
        "total_volume": _dollars(coin.volume_24h),
    }
    return {
        "id": asset.coingecko,
        "name": coin.name,
        "symbol": coin.code,
        "slug": asset.coingecko,
        "market_cap_rank": coin.rank,
        "thumb": None,
        "small": None,
        "large": None,
        "data": figures,
    }


def _dollars(figure: float | None) -> str | None:
    return None if figure is None else f"${figure:,.0f}"


@bp.get("/coins/categories")
@limiter.limit(quota("default"))
@served(query=CategoriesQuery, answer=CATEGORIES_ANSWER)
def get_categories(order: str) -> Response:
    """CoinGecko: get the categories of coins with their figures in dollars."""
    found = categories()
    time = iso(found.validity.made)
    rows: list[dict[str, Any]] = [
        {
            "id": it.id,
            "name": it.name,
            "market_cap": it.market_cap,
            "market_cap_change_24h": it.market_cap_change_24h,
            "content": None,
            "top_3_coins_id": [],
            "top_3_coins": it.top_coins,
            "volume_24h": it.volume_24h,
            "updated_at": time,
        }
        for it in found.categories
    ]
    name, _, direction = order.rpartition("_")
    known = [row for row in rows if row[ORDERS[name]] is not None]
    known.sort(key=lambda row: row[ORDERS[name]], reverse=direction == "desc")
    return respond(known + [row for row in rows if row[ORDERS[name]] is None], Origin.of(found))


@bp.get("/exchange_rates")
@limiter.limit(quota("prices"))
@served(answer=RATES_ANSWER)
def get_rates() -> Response:
    """CoinGecko: get what a bitcoin costs in each currency."""
    bitcoin = ASSET_BY_NAME["BTC"]
    lists = prices_in_all([bitcoin], [name for name, code in CURRENCIES.items() if code in CODES])
    rates = {
        name: {"name": NAMES[name][0], "unit": NAMES[name][1], "value": price, "type": NAMES[name][2]}
        for name, found in lists.items()
        if found.coins and (price := found.coins[0].price) is not None
    }
    return respond({"rates": rates}, *origins(lists))
