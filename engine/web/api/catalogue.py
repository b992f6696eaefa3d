"""Every coin and market that is known."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.folding import fold
from engine.catalogue.looks import volume_key
from engine.catalogue.pages import InvalidCursor, Page
from engine.catalogue.rows import ListedCoin, TradedMarket
from engine.catalogue.searching import Search, list_markets
from engine.errors import ApiError
from engine.timestamps import iso
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._status_rows import symbols_data
from engine.web.api._tables import ENGINE, table
from engine.web.endpoint import endpoint
from engine.web.negotiation import is_csv
from engine.web.openapi import paths
from engine.web.query import IGNORED
from engine.web.services import current_services
from schemas import (
    IndexAnswer,
    ListedCoinsAnswer,
    MarketsAnswer,
    MarketsQuery,
    SymbolsAnswer,
    SymbolsQuery,
)

COIN_COLUMNS = ("id", "symbol", "name", "rank", "kind", "state", "venues")
MARKET_COLUMNS = (
    *("symbol", "base", "quote", "venue", "native", "since", "tickSize", "stepSize", "volume24hUsd"),
    "state",
)
"""The columns of tables: all members of a row but its lists."""
NO_PAGE = "Unknown cursor"

bp = Blueprint("catalogue", __name__, url_prefix="/api")


@bp.get("", strict_slashes=False)
@limiter.limit(quota("default"))
@endpoint(answer=IndexAnswer)
def get_index() -> dict[str, object]:
    """Get everything that can be requested."""
    return {"success": True, "data": paths(current_app), "documentation": "/docs"}


@bp.get("/symbols")
@bp.get("/symbols.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@endpoint(query=SymbolsQuery, answer={"oneOf": [SymbolsAnswer, ListedCoinsAnswer]}, failures=(404,), csv=True)
def get_symbols(
    q: str | None, kind: str | None, state: str | None, limit: int, cursor: str | None, form: str | None
) -> Response | dict[str, object]:
    """Get the coins, intervals and limits; with any parameter, the coins of the whole catalogue."""
    services = current_services()
    if not is_csv(form) and not request.args.keys() - {IGNORED}:
        return {"success": True, "data": symbols_data(services.market.symbols())}
    search = services.catalogue.search
    page = find_coins(search, q, kind, state, limit, cursor)
    rows = [coin_row(listed, search.catalogue) for listed in page.rows]
    return _listed(rows, search.catalogue, page.next, COIN_COLUMNS if is_csv(form) else None)


def find_coins(
    search: Search, q: str | None, kind: str | None, state: str | None, limit: int, cursor: str | None
) -> Page[ListedCoin]:
    """Return a page of coins, the best matches first. Raises an `ApiError` for an unknown cursor."""
    try:
        return search.coins(q or "", kind=kind, state=state, limit=limit, cursor=cursor)  # type: ignore[arg-type]
    except InvalidCursor:
        raise ApiError(NO_PAGE, code="NOT_FOUND", status=404) from None


@bp.get("/markets")
@bp.get("/markets.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@endpoint(query=MarketsQuery, answer=MarketsAnswer, failures=(404,), csv=True)
def get_markets(
    base: str | None,
    quote: str | None,
    venue: str | None,
    limit: int,
    cursor: str | None,
    form: str | None,
) -> Response | dict[str, object]:
    """Get the markets of all exchanges, by base, quote and exchange."""
    current = current_services().catalogue
    catalogue, volumes = current.catalogue, current.state.volumes
    coin = _id(base, catalogue)
    try:
        page = list_markets(
            catalogue,
            base=coin,
            code=None if base is None or coin in catalogue.coin_by_id else fold(base),
            quote=_id(quote, catalogue),
            venue=venue,
            limit=limit,
            cursor=cursor,
        )
    except InvalidCursor:
        raise ApiError(NO_PAGE, code="NOT_FOUND", status=404) from None
    rows = [_market(it, volumes.get(volume_key(it.venue, it.native))) for it in page.rows]
    return _listed(rows, catalogue, page.next, MARKET_COLUMNS if is_csv(form) else None)


def _id(name: str | None, catalogue: Catalogue) -> str | None:
    """Return the id of the coin that a name means; for an unknown one the name, which no market has."""
    if name is None:
        return None
    return name.removeprefix("@") if name.startswith("@") else catalogue.names.coins.get(fold(name), name)


def _listed(
    rows: Iterable[dict[str, object]],
    catalogue: Catalogue,
    cursor: str | None,
    columns: Sequence[str] | None,
) -> Response | dict[str, object]:
    """Return a page of rows, as CSV where `columns` are given. There the next page is in a `Link` header."""
    if columns is not None:
        response = table(columns, rows, sources_of(catalogue), age_of(catalogue) or 0.0)
        if cursor is not None:
            query = urlencode({**request.args, "cursor": cursor})
            response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
        return response
    return body_of(rows, catalogue, cursor)


def body_of(
    rows: Iterable[dict[str, object]], catalogue: Catalogue, cursor: str | None, **more: object
) -> dict[str, object]:
    """Return the answer with rows, and `more` under `meta`."""
    as_of = None if catalogue.as_of is None else iso(catalogue.as_of)
    meta = {"asOf": as_of, "version": catalogue.version, "next": cursor, **more}
    return {"success": True, "data": rows, "meta": meta}


def sources_of(catalogue: Catalogue) -> Sequence[str]:
    """Return the exchanges whose listings the rows rest on; the engine itself before there are any."""
    return sorted(catalogue.listed_venues) or ENGINE


def age_of(catalogue: Catalogue) -> float | None:
    """Return the seconds since the oldest listing; `None` before there is one."""
    return None if catalogue.as_of is None else max(0.0, current_services().clock() - catalogue.as_of)


def coin_row(listed: ListedCoin, catalogue: Catalogue) -> dict[str, object]:
    """Return the row of a coin."""
    coin = listed.coin
    return {
        "id": coin.id,
        "symbol": coin.code,
        "name": coin.name,
        "rank": coin.rank,
        "kind": coin.kind,
        "state": listed.state,
        "aliases": coin.aliases,
        "former": catalogue.former.get(coin.id, ()),
        "venues": len(listed.venues),
    }


def _market(it: TradedMarket, volume: float | None) -> dict[str, object]:
    listed = it.listed
    return {
        "symbol": it.symbol,
        "base": it.base.code,
        "quote": it.quote.code,
        "venue": it.venue,
        "native": it.native,
        "since": None if listed.since is None else iso(listed.since / 1000),
        "tickSize": listed.tick,
        "stepSize": listed.step,
        "volume24hUsd": volume,
        "state": it.state,
    }
