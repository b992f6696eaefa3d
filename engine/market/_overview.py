"""The market as a whole: totals, the coins that moved most, and those that people look for."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.fanout import Ask, Outcome, errors, gather
from engine.freshness import Answer, Freshness
from engine.headlines import safe_text, safe_url
from engine.overview import Totals, believable, movers, totals
from engine.upstream import Upstream
from providers import (
    BadData,
    Category,
    CategorySource,
    Listing,
    ListingSource,
    Overview,
    OverviewSource,
    Provider,
    TrendingSource,
)

T = TypeVar("T")
P = TypeVar("P", bound=Provider)


class WholeMarket:
    """Serves the market as a whole from all that have something to say about it."""

    def __init__(
        self,
        totals: Sequence[Upstream[OverviewSource]],
        listings: Sequence[Upstream[ListingSource]],
        trending: Sequence[Upstream[TrendingSource]],
        categories: Sequence[Upstream[CategorySource]],
        pool: Executor,
        freshness: Freshness,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._totals = totals
        self._listings = listings
        self._trending = trending
        self._categories = categories
        self._pool = pool
        self._freshness = freshness
        self._settings = settings
        self._clock = clock

    def serve(self) -> Answer:
        """The overview. A part that cannot be had is null."""
        return self._freshness.serve("overview", self._make)

    def categories(self) -> Answer:
        """The kinds of coins, the largest first."""
        return self._freshness.serve("categories", self._make_categories)

    def _make(self) -> Answer:
        asks: list[Ask[Any]] = [
            *(_ask(up, "", partial(_sound, up.provider.overview)) for up in self._totals),
            *(_ask(up, ":listings", partial(_some, up.provider.listings)) for up in self._listings),
            *(_ask(up, ":trending", partial(_some, up.provider.trending)) for up in self._trending),
        ]
        outcomes = gather(self._pool, asks, self._settings.sentiment_deadline_seconds)
        if all(outcome.value is None for outcome in outcomes):
            raise AllProvidersFailed(errors(outcomes))
        said = [outcome.value for outcome in outcomes if isinstance(outcome.value, Overview)]
        listings = _values(outcomes, ":listings")
        trending = _values(outcomes, ":trending")
        market = totals(said)
        coins = (
            believable(listings[0], [coin for other in listings[1:] for coin in other], market)
            if listings
            else None
        )
        looked_for = None
        if trending:
            known = _completed(trending[0], coins or [])
            looked_for = believable(known, [coin for other in listings for coin in other], market)
        body: dict[str, object] = {
            "data": {**_totals(market), **_moved(coins), "trending": _rows(looked_for)}
        }
        return self._answer(body, outcomes)

    def _make_categories(self) -> Answer:
        asks = [_ask(up, "", partial(_some, up.provider.categories)) for up in self._categories]
        outcomes = gather(self._pool, asks, self._settings.sentiment_deadline_seconds)
        found = next((outcome.value for outcome in outcomes if outcome.value), None)
        if found is None:
            raise AllProvidersFailed(errors(outcomes))
        return self._answer({"data": [_category(one) for one in found]}, outcomes)

    def _answer(self, body: dict[str, object], outcomes: Sequence[Outcome[T]]) -> Answer:
        now = self._clock()
        heard = (outcome.provider.partition(":")[0] for outcome in outcomes if outcome.value is not None)
        meta = {
            "sources": [self._settings.label(name) for name in dict.fromkeys(heard)],
            "failed": {name: error.reason for name, error in errors(outcomes).items()},
        }
        body["timestamp"] = int(now)
        return Answer.of(body, meta, now, self._settings.cache_ttl_sentiment)


def _ask(upstream: Upstream[P], what: str, fetch: Callable[[], T]) -> Ask[T]:
    return Ask(upstream.name + what, partial(upstream.call, fetch))


def _sound(fetch: Callable[[], Overview]) -> Overview:
    """The totals, if there is any of them. Raises `BadData`."""
    said = fetch()
    if totals([said]).market_cap is None:
        raise BadData("no capitalisation of the market")
    return said


def _some(fetch: Callable[[], list[T]]) -> list[T]:
    """What is fetched: a list of all coins that is empty is none."""
    found = fetch()
    if not found:
        raise BadData("an empty list")
    return found


def _values(outcomes: Iterable[Outcome[Any]], what: str) -> list[list[Listing]]:
    return [it.value for it in outcomes if isinstance(it.value, list) and it.provider.endswith(what)]


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
