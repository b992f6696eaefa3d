"""The market as a whole: totals, the coins that moved most, and those that people look for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from engine.analysis.headlines import safe_text, safe_url
from engine.analysis.overview import Totals, believable, movers, totals
from engine.cache import Entries, Entry, Freshness
from engine.cache.answers import Answer
from engine.config import Settings
from engine.market.parts import Gathering, Parts
from engine.upstream import Upstream
from engine.upstream.fan_out import Ask
from engine.upstream.selection import Candidate
from providers import (
    BadData,
    Category,
    CategorySource,
    Listing,
    ListingSource,
    Overview,
    OverviewSource,
    TrendingSource,
)

T = TypeVar("T")


class WholeMarket:
    """Serves the market as a whole from all that have something to say about it."""

    def __init__(
        self,
        totals: Sequence[Upstream[OverviewSource]],
        listings: Sequence[Upstream[ListingSource]],
        trending: Sequence[Upstream[TrendingSource]],
        categories: Sequence[Upstream[CategorySource]],
        freshness: Freshness,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._totals = totals
        self._listings = listings
        self._trending = trending
        self._categories = categories
        self._freshness = freshness
        self._settings = settings
        self._gathering = Gathering(settings, clock)

    def serve(self) -> Answer:
        """The overview. A part that cannot be had is null."""
        asks: list[Candidate[Any]] = [
            *(self._ask(up, "", partial(_sound, up.provider.overview)) for up in self._totals),
            *(self._ask(up, ":listings", partial(_some, up.provider.listings)) for up in self._listings),
            *(self._ask(up, ":trending", partial(_some, up.provider.trending)) for up in self._trending),
        ]
        return self._serve("overview", asks, _overview, _beside)

    def categories(self) -> Answer:
        """The kinds of coins, the largest first."""
        asks = [self._ask(up, "", partial(_some, up.provider.categories)) for up in self._categories]
        return self._serve("categories", asks, _first)

    def _serve(
        self,
        key: str,
        asks: Sequence[Candidate[Any]],
        tell: Callable[[Parts], object],
        beside: Callable[[Parts], dict[str, object]] = lambda parts: {},
    ) -> Answer:
        def make(keys: list[str]) -> dict[str, Entry]:
            known = self._freshness.known(key)
            parts = self._gathering.parts(asks, known.value if known else None, _kind)
            return {key: parts.entry(parts)}

        def build(entries: Entries, made: float, lifetime: float) -> Answer:
            parts: Parts = entries[key].value
            heard = dict.fromkeys(name.partition(":")[0] for name in parts.values)
            sources = list(map(self._settings.label, heard))
            meta = {**beside(parts), "sources": sources, "failed": parts.failed}
            return Answer.of({"data": tell(parts), "timestamp": int(made)}, meta, made, lifetime)

        return self._freshness.answer(key, partial(self._freshness.obtain, [key], make), build)

    def _ask(self, upstream: Upstream[Any], what: str, fetch: Callable[[], T]) -> Candidate[T]:
        call, patience = partial(upstream.call, fetch), self._settings.sentiment_deadline_seconds
        return upstream, Ask(upstream.name + what, call, upstream.pool, patience, upstream.timed_out)


def _kind(name: str) -> str:
    """What a part is: totals, or the list that its name ends with."""
    return name.partition(":")[2]


def _overview(parts: Parts) -> dict[str, object]:
    market = _market(parts)
    listings, trending = _lists(parts, ":listings"), _lists(parts, ":trending")
    everywhere = [coin for listing in listings for coin in listing]
    coins = believable(listings[0], everywhere[len(listings[0]) :], market) if listings else None
    looked_for = None
    if trending:
        looked_for = believable(_completed(trending[0], coins or []), everywhere, market)
    return {**_totals(market), **_moved(coins), "trending": _rows(looked_for)}


def _beside(parts: Parts) -> dict[str, object]:
    return {"markets": _market(parts).markets}


def _market(parts: Parts) -> Totals:
    return totals([one for one in parts.values.values() if isinstance(one, Overview)])


def _first(parts: Parts) -> list[dict[str, object]]:
    return [_category(one) for one in next(iter(parts.values.values()))]


def _sound(fetch: Callable[[], Overview]) -> Overview:
    """The totals, if there is any of them. Raises `BadData`."""
    said = fetch()
    if totals([said]).market_cap is None:
        raise BadData("no capitalisation of the market")
    return said


def _some(fetch: Callable[[], list[T]]) -> tuple[T, ...]:
    """What is fetched: a list of all coins that is empty is none."""
    found = tuple(fetch())
    if not found:
        raise BadData("an empty list")
    return found


def _lists(parts: Parts, what: str) -> list[tuple[Listing, ...]]:
    return [value for name, value in parts.values.items() if name.endswith(what)]


def _completed(coins: Iterable[Listing], known: Iterable[Listing]) -> list[Listing]:
    """The coins, with the figures of the list of all coins where theirs are missing."""
    by_name = {(coin.code, coin.name): coin for coin in known}
    return [
        replace(by_name[coin.code, coin.name], rank=coin.rank)
        if coin.price is None and (coin.code, coin.name) in by_name
        else coin
        for coin in coins
    ]


def _totals(market: Totals) -> dict[str, object]:
    return {
        "totalMarketCap": market.market_cap,
        "totalVolume24h": market.volume_24h,
        "btcDominance": market.btc_dominance,
        "ethDominance": market.eth_dominance,
        "activeCoins": market.coins,
        "marketCapChange24h": market.market_cap_change_24h,
    }


def _moved(coins: Sequence[Listing] | None) -> dict[str, object]:
    if coins is None:
        return {"topGainers": None, "topLosers": None}
    return {"topGainers": _rows(movers(coins, up=True)), "topLosers": _rows(movers(coins, up=False))}


def _rows(coins: Iterable[Listing] | None) -> list[dict[str, object]] | None:
    """The coins as they are shown: anybody may name a coin, so names are made safe."""
    return None if coins is None else [_row(coin) for coin in coins]


def _row(coin: Listing) -> dict[str, object]:
    return {
        "symbol": safe_text(coin.code),
        "name": safe_text(coin.name),
        "price": coin.price,
        "change24h": coin.change_24h,
        "volume24h": coin.volume_24h,
        "marketCap": coin.market_cap,
        "rank": coin.rank,
    }


def _category(one: Category) -> dict[str, object]:
    return {
        "id": safe_text(one.id),
        "name": safe_text(one.name),
        "marketCap": one.market_cap,
        "marketCapChange24h": one.market_cap_change_24h,
        "volume24h": one.volume_24h,
        "topCoins": [url for url in one.top_coins if safe_url(url)],
    }
