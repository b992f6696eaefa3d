"""The row of a coin in a list of prices: from quotes if it is pinned, or else from its markets."""

from collections.abc import Callable, Iterable
from math import inf

import msgspec
from msgspec.structs import replace

from engine.market.prices.figures import with_figures
from engine.market.prices.frozen_quotes import FrozenQuotes
from engine.market.prices.lists import CoinPrice
from engine.market.prices.pinned import converted_price, limited, pinned_price
from engine.market.prices.quotes import key_of
from engine.market.prices.request import PLAIN, RequestedCoin
from engine.market.prices.sources import Obtained
from engine.market.prices.traded import traded_price


class Row(msgspec.Struct, frozen=True):
    """The price of a coin, `None` if it is unknown, and what its age depends on.

    `venues` are the exchanges that a price without quotes rests on. `rated` is when the oldest rate arrived
    that it was converted with, in Unix seconds of this host.
    """

    price: CoinPrice | None = None
    venues: Iterable[str] = ()
    rated: float = inf


def row_of(
    coin: RequestedCoin,
    convert: str,
    known: Obtained,
    frozen_quotes: FrozenQuotes,
    correct: Callable[[float], float],
) -> Row:
    """Return the row of a coin. `correct` returns the corrected time of a moment of this host's clock."""
    quoted = _quoted(coin, convert, known, correct) if coin.is_pinned else None
    if quoted is not None or known.exchanges is None:
        return quoted or Row()
    traded = traded_price(coin, convert, known.exchanges, frozen_quotes, correct)
    if traded is None:
        return Row()
    price, venues, rated = traded
    figures = None if coin.venue is not None else known.figures.get(coin.asset.coingecko)
    return Row(with_figures(price, figures), venues, rated)


def _quoted(
    coin: RequestedCoin, convert: str, known: Obtained, correct: Callable[[float], float]
) -> Row | None:
    """Return the row of a pinned coin from its quotes, `None` if it has none."""
    entry = known.entries.get(key_of(coin.asset))
    if entry is None:
        return None
    entry = limited(entry, coin.venue)
    price = pinned_price(coin, entry, convert if convert in PLAIN else "USD", correct(entry.made))
    if price is None or convert in PLAIN:
        return None if price is None else Row(price)
    if known.exchanges is None:
        return Row(replace(price, price=None))
    found = converted_price(coin, price, entry, convert, known.exchanges, correct)
    return Row(replace(price, price=None)) if found is None else Row(found[0], (), found[1])
