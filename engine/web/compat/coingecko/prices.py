"""Prices, and lists of coins."""

from collections.abc import Iterable, Mapping
from itertools import chain

from flask import Response

from engine.errors import ApiError, InvalidRequest
from engine.market.prices.lists import PriceList
from engine.web import packed
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._translation import Origin, present, respond, unkept
from engine.web.compat._use_cases import overview, prices, prices_in
from engine.web.compat.coingecko._blueprint import bp, check_currency, served
from engine.web.compat.coingecko._coins import CURRENCIES, Coins, pair
from engine.web.compat.coingecko._figures import market_rows, market_totals, ordered, simple
from engine.web.compat.coingecko._index import contracts, current_index, every_coin, listed
from engine.web.services import current_services
from providers import Asset
from schemas.compat.coingecko import (
    CURRENCIES_ANSWER,
    PRICES_ANSWER,
    CoinRow,
    GlobalAnswer,
    ListQuery,
    MarketRow,
    MarketsQuery,
    PingAnswer,
    PriceQuery,
    TokenPriceQuery,
)

LARGEST_PAGE = 250
"""Maximum rows on a page; larger requests get this many."""


@bp.get("/ping")
@limiter.limit(quota("default"))
@served(answer=PingAnswer)
def get_ping() -> dict[str, object]:
    """CoinGecko: get a greeting, which shows that the server runs."""
    return {"gecko_says": "(V3) To the Moon!"}


@bp.get("/coins/list")
@limiter.limit(quota("default"))
@served(query=ListQuery, answer=CoinRow, many=True)
def get_list(include_platform: bool, status: str) -> Response:
    """CoinGecko: get the ids, codes and names of all coins, with their contracts if requested."""
    current = current_services().catalogue
    candidates = current.state.candidates.get("coingecko", ())
    coins = listed(current.catalogue, candidates if include_platform else None) if status == "active" else ()
    version = current.catalogue.version, candidates if include_platform else ()
    name = f"coingecko {include_platform} {status}"
    pieces = chain([b"["], packed.rows(coins))
    head = current_services().lists.get(name, version, lambda: packed.PackedHead.of(pieces))
    return packed.respond(head, b"]")


@bp.get("/simple/supported_vs_currencies")
@limiter.limit(quota("default"))
@served(answer=CURRENCIES_ANSWER)
def get_currencies() -> list[str]:
    """CoinGecko: get the currencies of prices."""
    return list(CURRENCIES)


@bp.get("/simple/price")
@limiter.limit(quota("prices"))
@served(query=PriceQuery, answer=PRICES_ANSWER)
def get_price(
    vs_currencies: list[str],
    ids: list[str] | None,
    names: list[str] | None,
    symbols: list[str] | None,
    precision: int | None,
    **included: bool,
) -> Response:
    """CoinGecko: get the prices of coins, under their names in the request."""
    coins = current_index().chosen(ids, names, symbols)
    if coins is None:
        raise InvalidRequest("The request is not valid", {"ids": ["Missing parameter ids"]})
    return _simple(coins, vs_currencies, included, precision)


def _simple(
    coins: Coins, vs_currencies: list[str], included: Mapping[str, bool], precision: int | None
) -> Response:
    """Return prices by the names of the request. What cannot be given at all is CoinGecko's error."""
    if not coins:
        return unkept({})
    currencies = [currency for currency in vs_currencies if currency in CURRENCIES]
    if not currencies:
        check_currency(vs_currencies[0])
    lists = prices_in_all(coins.values(), currencies)
    if all(coin.price is None for found in lists.values() for coin in found.coins):
        failures = {name: why for found in lists.values() for name, why in found.failures.items()}
        present(None, f"prices in {', '.join(currencies)}", failures)
    return respond(simple(coins, lists, included, precision), *origins(lists))


def prices_of(assets: Iterable[Asset], currency: str) -> PriceList:
    """Return the prices of coins in one of CoinGecko's currencies. Raises an `ApiError`."""
    return prices([pair(asset, currency) for asset in dict.fromkeys(assets)], CURRENCIES[currency])


def prices_in_all(assets: Iterable[Asset], currencies: Iterable[str]) -> dict[str, PriceList]:
    """Return the prices of coins in several of CoinGecko's currencies. Raises an `ApiError`."""
    names = list(currencies)
    pairs = [pair(asset, names[0]) for asset in dict.fromkeys(assets)]
    found = prices_in([CURRENCIES[name] for name in names], pairs)
    return {name: found[CURRENCIES[name]] for name in names}


def origins(lists: Mapping[str, PriceList]) -> list[Origin]:
    """Return where the prices of several currencies are from, of those that have any."""
    used = [found for found in lists.values() if found.coins]
    return [Origin.of(found) for found in used or lists.values()]


@bp.get("/coins/markets")
@limiter.limit(quota("prices"))
@served(query=MarketsQuery, answer=MarketRow, many=True)
def get_markets(
    vs_currency: str,
    ids: list[str] | None,
    names: list[str] | None,
    symbols: list[str] | None,
    category: str,
    order: str,
    per_page: int,
    page: int,
    sparkline: bool,
    price_change_percentage: list[str] | None,
    precision: int | None,
) -> Response:
    """CoinGecko: get a page of coins with their figures."""
    check_currency(vs_currency)
    if category:
        raise ApiError("category not found", code="NOT_FOUND", status=404)
    coins = current_index().chosen(ids, names, symbols)
    size = min(per_page, LARGEST_PAGE)
    assets = list(dict.fromkeys(every_coin(order) if coins is None else coins.values()))
    if len(assets) > LARGEST_PAGE:  # prices of thousands of coins would take too long
        assets, page = assets[(page - 1) * size : page * size], 1
    if not assets:
        return unkept([])
    found = prices_of(assets, vs_currency)
    rows = ordered(market_rows(assets, found, price_change_percentage or (), precision), order)
    page_rows = rows[(page - 1) * size : page * size]
    body = [row | {"sparkline_in_7d": None} for row in page_rows] if sparkline else page_rows
    return respond(body, Origin.of(found))


@bp.get("/global")
@limiter.limit(quota("default"))
@served(answer=GlobalAnswer)
def get_global() -> Response:
    """CoinGecko: get the totals of the market, in dollars."""
    report = overview()
    return respond({"data": market_totals(report)}, Origin.of(report))


@bp.get("/simple/token_price/<platform>")
@limiter.limit(quota("prices"))
@served(query=TokenPriceQuery, answer=PRICES_ANSWER)
def get_token_price(
    platform: str,
    contract_addresses: list[str],
    vs_currencies: list[str],
    precision: int | None,
    **included: bool,
) -> Response:
    """CoinGecko: get the prices of coins by their contracts on a chain, where these are known."""
    index, found = current_index(), contracts()
    if found and not any(contract.startswith(f"{platform}:") for contract in found):
        raise ApiError("invalid platform", code="NOT_FOUND", status=404)
    named = {address: found.get(f"{platform}:{address}", "") for address in contract_addresses}
    coins: Coins = {address: index.by_id[id_] for address, id_ in named.items() if id_ in index.by_id}
    return _simple(coins, vs_currencies, included, precision)
