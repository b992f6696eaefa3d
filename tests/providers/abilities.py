"""What providers may be asked for: a call for each ability, with its weight and the check of its result.

The contract tests make these calls over recorded bodies, and `make live` makes them over the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from providers import (
    AggregateSource,
    Asset,
    BookSource,
    CandleSource,
    CategorySource,
    CoinLister,
    FeedSource,
    FigureSource,
    Interval,
    ListingSource,
    Market,
    MarketLister,
    NewsSource,
    OverviewSource,
    Pair,
    Provider,
    QuoteSource,
    SentimentSource,
    TickerSource,
    TradeSource,
    TrendingSource,
    Window,
)
from tests.providers import contract

LEVELS = 5
"""Levels of each side of a book, and trades."""
DAYS = 30
ROWS = 3
AGE = 168
"""How many intervals ago a part of the history begins."""


@dataclass(frozen=True)
class Question:
    """A provider, and what it is asked about. `feed` is the address of one of a `FeedSource`."""

    provider: Any
    pair: Pair
    interval: Interval
    assets: Sequence[Asset] = ()
    feed: str = ""

    @cached_property
    def market(self) -> Market:
        """The provider's market of the pair, or that in the quote that it has."""
        found: Market | None = self.provider.market(self.pair)
        assert found is not None, f"{self.provider.name} has no market of {self.pair}"
        return found

    @property
    def past(self) -> Window:
        """A part of the history that has ended."""
        now = self.interval.open_time(self.provider.now())
        return Window(ROWS, start=self.interval.after(now, -AGE))


@dataclass(frozen=True)
class Ability:
    """One ability of the providers of a `kind`. `wrong` yields what the contract forbids in a result.

    `expected` are fields that may be unknown in a row, and that some rows of a whole answer have.
    """

    name: str
    kind: type[Provider]
    ask: Callable[[Question], Any]
    wrong: Callable[[Any, Question], Iterator[str]]
    weight: Callable[[Any], int] = lambda provider: 1
    expected: tuple[str, ...] = ()


def _newest(question: Question) -> Any:
    return question.provider.candles(question.market, question.interval, Window(ROWS))


def _past(question: Question) -> Any:
    return question.provider.candles(question.market, question.interval, question.past)


def _candles(result: Any, question: Question) -> Iterator[str]:
    return contract.candles(result, question.interval, Window(ROWS), question.provider.now())


def _history(result: Any, question: Question) -> Iterator[str]:
    return contract.candles(result, question.interval, question.past, question.provider.now())


def _by_name(
    name: str,
    kind: type[Provider],
    check: Callable[[Any, Provider], Iterator[str]],
    weight: str | None = None,
    expected: str = "",
) -> Ability:
    """Return an ability whose method needs no argument. `weight` is the attribute with its weight."""
    return Ability(
        name,
        kind,
        lambda question: getattr(question.provider, name)(),
        lambda result, question: check(result, question.provider),
        lambda one: getattr(one, weight) if weight else 1,
        tuple(expected.split()),
    )


ABILITIES: tuple[Ability, ...] = (
    Ability("candles", CandleSource, _newest, _candles, lambda one: one.candle_weight),
    Ability("history", CandleSource, _past, _history, lambda one: one.candle_weight),
    Ability(
        "quotes",
        QuoteSource,
        lambda question: question.provider.quotes(question.assets),
        lambda result, question: contract.quotes(result, question.assets, question.provider),
        lambda one: one.quote_weight(ROWS),
    ),
    Ability(
        "fear_greed",
        SentimentSource,
        lambda question: question.provider.fear_greed(DAYS),
        lambda result, question: contract.fear_greed(result, question.provider),
    ),
    _by_name("headlines", NewsSource, contract.headlines),
    Ability(
        "headlines",
        FeedSource,
        lambda question: question.provider.headlines_of(question.feed),
        lambda result, question: contract.headlines(result, question.provider),
    ),
    _by_name("overview", OverviewSource, contract.overview, expected="market_cap volume_24h btc_dominance"),
    _by_name(
        "listings",
        ListingSource,
        contract.listings,
        expected="price change_24h volume_24h market_cap rank",
    ),
    _by_name("trending", TrendingSource, contract.listings),
    _by_name("categories", CategorySource, contract.categories),
    _by_name("listing", MarketLister, contract.listing, "listing_weight"),
    _by_name("coins", CoinLister, contract.coins, "coins_weight"),
    _by_name(
        "figures",
        FigureSource,
        contract.figures,
        "figures_weight",
        expected="volume_24h market_cap rank",
    ),
    _by_name("tickers", TickerSource, contract.tickers, "tickers_weight", expected="volume"),
    Ability(
        "book",
        BookSource,
        lambda question: question.provider.book(question.market, LEVELS),
        lambda result, question: contract.book(result, question.provider),
        lambda one: one.book_weight(LEVELS),
    ),
    Ability(
        "trades",
        TradeSource,
        lambda question: question.provider.trades(question.market, LEVELS),
        lambda result, question: contract.trades(result, question.provider),
        lambda one: one.trades_weight,
    ),
    Ability(
        "aggregates",
        AggregateSource,
        lambda question: question.provider.aggregates(question.market, Window(LEVELS)),
        lambda result, question: contract.trades(result, question.provider),
        lambda one: one.aggregates_weight,
    ),
)


def abilities_of(kind: type[Provider]) -> list[Ability]:
    """Return the abilities of a provider, in the order of the table."""
    return [ability for ability in ABILITIES if issubclass(kind, ability.kind)]
