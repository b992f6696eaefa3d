"""Exchanges that repeat the same price of a coin while the others move."""

from engine.analysis.rates import RateBook, Trade
from engine.market.prices.frozen_quotes import MOST_COINS, FrozenQuotes

BOOK = RateBook([Trade(venue, "usdt", "usd", 1.0, 1e6) for venue in ("a", "b", "c")])


def trades(*prices: float, quote: str = "usdt") -> list[Trade]:
    """Return the markets of a coin at as many venues as there are prices."""
    return [Trade(f"venue{number}", "xmr", quote, price, 1e6) for number, price in enumerate(prices)]


def seen(frozen_quotes: FrozenQuotes, hours: int, still: float, quote: str = "usdt") -> set[str]:
    """Return the frozen venues after some hours in which the first venue repeats a price."""
    frozen: set[str] = set()
    for hour in range(hours + 1):
        moving = 100.0 + hour
        rows = trades(still or moving, moving, moving * 1.0001, quote=quote)
        frozen = frozen_quotes.venues("xmr", rows, BOOK, 1e9 + 3600.0 * hour)
    return frozen


def test_an_hour_of_the_same_price_is_frozen_where_the_others_move() -> None:
    """Before that it is not accused, and a price that moves never is."""
    assert seen(FrozenQuotes(), 0, 100.0) == set()
    assert seen(FrozenQuotes(), 2, 100.0) == {"venue0"}
    assert seen(FrozenQuotes(), 9, 0.0) == set()


def test_dollars_are_followed_and_other_markets_are_not() -> None:
    """A market in dollars counts as one in USDT does."""
    assert seen(FrozenQuotes(), 2, 100.0, "usd") == {"venue0"}
    assert seen(FrozenQuotes(), 2, 100.0, "btc") == set()


def test_the_same_tickers_count_once() -> None:
    """Two requests for one coin see no more time pass than there was."""
    frozen_quotes = FrozenQuotes()
    for _ in range(100):
        assert frozen_quotes.venues("xmr", trades(100.0, 101.0, 102.0), BOOK, 1e9) == set()


def test_nothing_is_frozen_before_the_first_tickers() -> None:
    """A coin may be asked for while no exchange has sent tickers yet, more than once."""
    frozen_quotes = FrozenQuotes()
    for _ in range(2):
        assert frozen_quotes.venues("usdt", (), BOOK, 0.0) == set()


def test_the_history_of_few_coins_is_kept() -> None:
    """A client that asks for every coin fills no memory."""
    frozen_quotes = FrozenQuotes()
    for number in range(MOST_COINS + 50):
        frozen_quotes.venues(f"coin{number}", trades(1.0, 1.0, 1.0), BOOK, 1e9)

    assert len(frozen_quotes._coins) == MOST_COINS
