"""The overview of the market: totals, the coins that moved most, and trending coins."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from engine.analysis.overview import believable, movers, totals
from engine.cache import Answer, Cache, Entry, Validity
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.labels import Labels
from engine.market.overview import reports
from engine.market.overview.reports import CategoryList, OverviewReport
from engine.market.parts import Gathering, Parts
from engine.upstream import Upstream
from engine.upstream.fan_out import Ask
from engine.upstream.selection import Candidate
from providers import (
    BadData,
    CategorySource,
    Listing,
    ListingSource,
    Overview,
    OverviewSource,
    TrendingSource,
)

T = TypeVar("T")

OVERVIEW, CATEGORIES = "overview", "categories"
"""Keys in the cache."""
LISTINGS, TRENDING = ":listings", ":trending"
"""Suffixes of the names of two kinds of parts: lists of coins, and trending coins."""


class MarketOverview:
    """Serves the overview from all providers with a part of it."""

    def __init__(
        self,
        totals: Sequence[Upstream[OverviewSource]],
        listings: Sequence[Upstream[ListingSource]],
        trending: Sequence[Upstream[TrendingSource]],
        categories: Sequence[Upstream[CategorySource]],
        cache: Cache,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._totals = totals
        self._listings = listings
        self._trending = trending
        self._categories = categories
        self._data, self._answers = cache.data, cache.answers
        self._patience = settings.sentiment_deadline_seconds
        self._label = Labels(settings.demo)
        self._clock = clock
        self._gathering = Gathering(settings, clock)

    def serve(self) -> Answer:
        """Return the overview; a part that no provider has is null. Raises `AllProvidersFailed`."""
        ready = self._answers.look(OVERVIEW)
        if ready.fresh is not None:
            return ready.fresh
        try:
            found = self._report(ready.asked)
        except AllProvidersFailed as failed:
            return self._answers.last(ready, failed)
        return self._answers.built(ready, found.validity) or self._answers.keep(
            ready, reports.overview(found)
        )

    def report(self) -> OverviewReport:
        """Return the overview as values. Raises `AllProvidersFailed`."""
        ready = self._answers.look_value(OVERVIEW, OverviewReport)
        if ready.fresh is not None:
            return ready.fresh
        try:
            return self._answers.keep_value(ready, self._report(ready.asked))
        except AllProvidersFailed as failed:
            return self._answers.last_value(ready, failed)

    def categories(self) -> CategoryList:
        """Return the categories of coins, the largest first. Raises `AllProvidersFailed`."""
        ready = self._answers.look_value(CATEGORIES, CategoryList)
        if ready.fresh is not None:
            return ready.fresh
        try:
            return self._answers.keep_value(ready, self._category_list(ready.asked))
        except AllProvidersFailed as failed:
            return self._answers.last_value(ready, failed)

    def _category_list(self, asked: float) -> CategoryList:
        entry, validity = self._obtain(CATEGORIES, self._asks_for_categories(), asked)
        parts: Parts = entry.value
        return CategoryList(
            categories=tuple(map(reports.safe_category, next(iter(parts.values.values())))),
            sources=self._sources(parts),
            failed=parts.failed,
            validity=validity,
        )

    def _report(self, asked: float) -> OverviewReport:
        entry, validity = self._obtain(OVERVIEW, self._asks(), asked)
        parts: Parts = entry.value
        market = totals([one for one in parts.values.values() if isinstance(one, Overview)])
        listings, trending = _lists(parts, LISTINGS), _lists(parts, TRENDING)
        everywhere = [coin for listing in listings for coin in listing]
        coins = believable(listings[0], everywhere[len(listings[0]) :], market) if listings else None
        popular = None
        if trending:
            popular = believable(_completed(trending[0], coins or []), everywhere, market)
        return OverviewReport(
            totals=market,
            gainers=None if coins is None else reports.safe_coins(movers(coins, up=True)),
            losers=None if coins is None else reports.safe_coins(movers(coins, up=False)),
            trending=None if popular is None else reports.safe_coins(popular),
            sources=self._sources(parts),
            failed=parts.failed,
            validity=validity,
        )

    def _obtain(self, key: str, asks: Sequence[Candidate[Any]], asked: float) -> tuple[Entry, Validity]:
        fetch = partial(self._fetch, asks)
        entry = self._data.obtain(self._data.read(key), fetch, self._patience)[key]
        return entry, Validity.of([entry], asked)

    def _fetch(self, asks: Sequence[Candidate[Any]], keys: list[str]) -> dict[str, Entry]:
        (key,) = keys
        known = self._data.entry(key)
        parts = self._gathering.parts(asks, known.value if known else None, _kind)
        return {key: parts.entry(parts)}

    def _asks(self) -> list[Candidate[Any]]:
        return [
            *(self._ask(up, "", partial(_checked, up.provider.overview)) for up in self._totals),
            *(self._ask(up, LISTINGS, partial(_not_empty, up.provider.listings)) for up in self._listings),
            *(self._ask(up, TRENDING, partial(_not_empty, up.provider.trending)) for up in self._trending),
        ]

    def _asks_for_categories(self) -> list[Candidate[Any]]:
        return [self._ask(up, "", partial(_not_empty, up.provider.categories)) for up in self._categories]

    def _sources(self, parts: Parts) -> tuple[str, ...]:
        names = dict.fromkeys(name.partition(":")[0] for name in parts.values)
        return tuple(map(self._label, names))

    def _ask(self, upstream: Upstream[Any], what: str, fetch: Callable[[], T]) -> Candidate[T]:
        call, patience = partial(upstream.call, fetch), self._patience
        return upstream, Ask(upstream.name + what, call, upstream.pool, patience, upstream.timed_out)


def _kind(name: str) -> str:
    """Return the kind of a part: empty for totals, or the suffix of its list."""
    return name.partition(":")[2]


def _checked(fetch: Callable[[], Overview]) -> Overview:
    """Fetch totals. Raises `BadData` without a capitalisation."""
    overview = fetch()
    if totals([overview]).market_cap is None:
        raise BadData("no capitalisation of the market")
    return overview


def _not_empty(fetch: Callable[[], list[T]]) -> tuple[T, ...]:
    """Fetch a list. Raises `BadData` if it is empty."""
    found = tuple(fetch())
    if not found:
        raise BadData("an empty list")
    return found


def _lists(parts: Parts, what: str) -> list[tuple[Listing, ...]]:
    return [value for name, value in parts.values.items() if name.endswith(what)]


def _completed(coins: Iterable[Listing], known: Iterable[Listing]) -> list[Listing]:
    """Return the coins, with missing figures from the list of all coins."""
    by_name = {(coin.code, coin.name): coin for coin in known}
    return [
        replace(by_name[coin.code, coin.name], rank=coin.rank)
        if coin.price is None and (coin.code, coin.name) in by_name
        else coin
        for coin in coins
    ]
