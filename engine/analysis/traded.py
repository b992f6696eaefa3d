"""The price of a coin by its markets at exchanges. Pure functions.

Markets in the wanted currency count; US dollars and USDT count together. Where there is none, the price is
worked out from the markets in one other currency and the rate between both. Markets with little trade count
only where no other way is left, and say so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf

import msgspec
from msgspec.structs import replace

from engine.analysis.consensus import Consensus, judge, tidy
from engine.analysis.rates import CURRENCIES, RateBook, Trade, Way
from engine.analysis.tether import Rate

DOLLARS = frozenset({"usdt", "usd"})
DOUBTFUL = 0.3
"""The highest confidence of a price that rests on thin markets, or on a code that is not proved."""


class Priced(msgspec.Struct, frozen=True):
    """A consensus, the `trades` that it was made of by their venue, and where it was worked out, `via` what.

    It is `thin` if it rests on markets with little trade. `rated` is when the oldest of the rates arrived
    that it rests on, in Unix seconds of this host.
    """

    consensus: Consensus
    trades: Mapping[str, Trade]
    via: tuple[str, ...] = ()
    thin: bool = False
    rated: float = inf

    @property
    def counted(self) -> list[Trade]:
        """The trades that count."""
        return [self.trades[source.provider] for source in self.consensus.counted]

    @property
    def received(self) -> float:
        """When the oldest of the trades and rates arrived that count, in Unix seconds of this host."""
        return min([self.rated, *(trade.received for trade in self.counted)])


def priced(
    trades: Sequence[Trade], code: str, currency: str, book: RateBook, frozen: Collection[str] = ()
) -> Priced | None:
    """Return the price of a coin in `currency` by `trades`, all of its markets; `None` where none can tell.

    `code` names the coin in `via`. The dollar markets of `frozen` venues are suspect.
    """
    if trades and trades[0].base == currency:
        return _in_itself(trades, code, currency, book, frozen)
    direct = DOLLARS if currency in DOLLARS else {currency}
    for thin in (False, True):
        able = [trade for trade in trades if thin or not book.is_thin(trade)]
        direct_trades = [trade for trade in able if trade.quote in direct]
        if found := _direct(direct_trades, currency, book, frozen):
            return _thin(found) if thin else found
        others = [trade for trade in able if trade.quote not in direct]
        if found := _derived(others, code, currency, book, frozen, thin=thin):
            return found
    return None


def converted(priced: Priced, way: Way, code: str) -> Priced:
    """Return a price in another currency, by the `way` there. `code` names the coin and its quote."""
    consensus = scaled(priced.consensus, way.rate)
    via = tuple(dict.fromkeys((code, *priced.via, *way.via)))
    found = replace(priced, consensus=consensus, via=via, rated=min(priced.rated, way.received))
    return _thin(found) if way.thin else found


def scaled(consensus: Consensus, rate: Rate) -> Consensus:
    """Return a consensus in another currency. It is never trusted more than the rate."""
    sources = tuple(replace(source, price=tidy(source.price * rate.price)) for source in consensus.sources)
    return rate.bound(replace(consensus, price=tidy(consensus.price * rate.price), sources=sources))


def doubtful(consensus: Consensus) -> Consensus:
    """Return a consensus that is not to be trusted much."""
    return replace(consensus, confidence=min(consensus.confidence, DOUBTFUL), verified=False)


def _thin(found: Priced) -> Priced:
    return replace(found, consensus=doubtful(found.consensus), thin=True)


def _in_itself(
    trades: Sequence[Trade], code: str, currency: str, book: RateBook, frozen: Collection[str]
) -> Priced | None:
    """Return the price of a currency in itself, which is 1 by the same markets as its price in dollars."""
    other = "usd" if currency != "usd" else "usdt"
    found = priced(trades, code, other, book, frozen)
    if found is None:
        return None
    same = Rate(1 / found.consensus.price, 1.0, verified=True)
    return converted(found, Way(same), f"{code}/{other.upper()}")


def _direct(trades: Iterable[Trade], currency: str, book: RateBook, frozen: Collection[str]) -> Priced | None:
    """Return the price by markets in the currency, one for each venue: the one with the most trade."""
    ways = {quote: way for quote in (currency, *DOLLARS) if (way := book.way(quote, currency))}
    best = best_by_venue([trade for trade in trades if trade.quote in ways], book)
    if not best:
        return None
    prices = {name: _in(trade, ways[trade.quote].rate) for name, trade in best.items()}
    consensus = judge(prices, frozen if currency in DOLLARS else ())
    used = {best[source.provider].quote for source in consensus.counted}
    for quote in used:
        consensus = ways[quote].rate.bound(consensus)
    return Priced(consensus, best, rated=min((ways[quote].received for quote in used), default=inf))


def _derived(
    trades: Sequence[Trade], code: str, currency: str, book: RateBook, frozen: Collection[str], *, thin: bool
) -> Priced | None:
    """Return the price by the markets in the other currency with the shortest way."""
    ways = [
        (len(way.via), quote, way)
        for quote in CURRENCIES
        if any(trade.quote == quote for trade in trades)
        and (way := book.way(quote, currency))
        and (thin or not way.thin)
    ]
    if not ways:
        return None
    _, quote, way = min(ways, key=lambda one: one[0])
    best = best_by_venue([trade for trade in trades if trade.quote == quote], book)
    prices = {name: trade.price for name, trade in best.items()}
    judged = judge(prices, frozen if quote in DOLLARS else ())
    found = converted(Priced(judged, best), way, f"{code}/{quote.upper()}")
    return _thin(found) if all(book.is_thin(trade) for trade in best.values()) else found


def best_by_venue(trades: Iterable[Trade], book: RateBook) -> dict[str, Trade]:
    """Return the market of each venue that is traded most."""
    best: dict[str, Trade] = {}
    for trade in trades:
        known = best.get(trade.venue)
        if known is None or book.turnover(trade) > book.turnover(known):
            best[trade.venue] = trade
    return best


def _in(trade: Trade, rate: Rate) -> float:
    return trade.price if rate.price == 1.0 else tidy(trade.price * rate.price)
