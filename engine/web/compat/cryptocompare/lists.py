"""Lists: all coins, the largest coins, and news."""

from collections.abc import Mapping
from itertools import chain

import orjson
from flask import Response

from engine.catalogue.catalogue import Catalogue
from engine.concurrency.yielding import cooperatively
from engine.web import packed
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, respond
from engine.web.compat.cryptocompare._blueprint import bp, served
from engine.web.compat.cryptocompare._days import Days
from engine.web.compat.cryptocompare._figures import raw, shown
from engine.web.endpoint import feature
from engine.web.services import current_services
from schemas.compat.cryptocompare import (
    COINS_ANSWER,
    NEWS_ANSWER,
    TOP_ANSWER,
    CoinsQuery,
    NewsQuery,
    TopQuery,
)


@bp.get("/all/coinlist", strict_slashes=False)
@limiter.limit(quota("default"))
@served(query=CoinsQuery, answer=COINS_ANSWER)
def get_coins(fsym: str | None) -> Response:
    """Get every coin under its code, or one of them."""
    catalogue = current_services().catalogue.catalogue

    def pieces() -> packed.PackedHead:
        chosen = [(code, row) for code, row in _coins(catalogue).items() if fsym in (None, code)]
        rows = (
            b"%b%b:%b" % (b"," if place else b"", orjson.dumps(code), orjson.dumps(row))
            for place, (code, row) in enumerate(cooperatively(chosen))
        )
        return packed.PackedHead.of(chain([b'{"Data":{'], rows))

    head = (
        current_services().lists.get("cryptocompare", catalogue.version, pieces) if fsym is None else pieces()
    )
    rest = {"Response": "Success", "Message": "", "BaseImageUrl": "", "BaseLinkUrl": "", "Type": 100}
    return packed.respond(head, b"}," + orjson.dumps(rest)[1:])


def _coins(catalogue: Catalogue) -> Mapping[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for place, listed in enumerate(catalogue.coins):
        coin = listed.coin
        if listed.state == "tentative" or catalogue.names.coins.get(coin.code) != coin.id:
            continue
        name = coin.name or coin.code
        found[coin.code] = {
            "Id": coin.id,
            "Name": coin.code,
            "Symbol": coin.code,
            "CoinName": name,
            "FullName": f"{name} ({coin.code})",
            "SortOrder": f"{place + 1}",
        }
    return found


@bp.get("/top/mktcapfull")
@limiter.limit(quota("prices"))
@served(query=TopQuery, answer=TOP_ANSWER)
def get_top(tsym: str, limit: int, page: int) -> Response:
    """Get the largest of the thirty coins that are always served, with their figures."""
    found = _use_cases.prices(None, tsym)
    priced = [coin for coin in found.coins if coin.price is not None]
    rows, days = [], Days()
    for coin in priced[page * limit : (page + 1) * limit]:
        figures = raw(coin.symbol, tsym, coin, days.of(coin.asset, tsym))
        info = {
            "Id": coin.asset.id,
            "Name": coin.symbol,
            "FullName": coin.asset.name,
            "Internal": coin.symbol,
        }
        rows.append({"CoinInfo": info, "RAW": {tsym: figures}, "DISPLAY": {tsym: shown(figures)}})
    body = {
        "Message": "Success",
        "Type": 100,
        "MetaData": {"Count": len(priced)},
        "Data": rows,
        "HasWarning": False,
    }
    return respond(body, Origin.of(found), *days.origins)


@bp.get("/v2/news/", strict_slashes=False)
@limiter.limit(quota("default"))
@feature("enable_news")
@served(query=NewsQuery, answer=NEWS_ANSWER)
def get_news(categories: list[str] | None) -> Response:
    """Get the newest stories, those of some coins if `categories` names their codes."""
    found = _use_cases.news(100)
    rows = [
        {
            "id": f"{one.time}{place}",
            "guid": one.url,
            "published_on": one.time // 1000,
            "title": one.title,
            "url": one.url,
            "source": one.source,
            "source_info": {"name": one.source, "lang": "EN"},
            "categories": "|".join(coin.symbol for coin in one.coins),
            "tags": "|".join(coin.symbol for coin in one.coins),
            "lang": "EN",
        }
        for place, one in enumerate(found.stories)
        if categories is None or {coin.symbol for coin in one.coins} & set(categories)
    ]
    body = {"Type": 100, "Message": "News list successfully returned", "Promoted": [], "Data": rows}
    return respond({**body, "RateLimit": {}, "HasWarning": False}, Origin.of(found))
