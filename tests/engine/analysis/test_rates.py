"""Rates between currencies, from the markets between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.rates import CURRENCIES, LONGEST_WAY, RateBook, Trade

AMPLE = 1e6
"""A volume in the quote that is worth far more than 10 000 dollars, whatever the quote."""


def trade(market: str, price: float, venue: str = "one", volume: float = AMPLE) -> Trade:
    """Return a market such as `btc/eur`."""
    base, quote = market.split("/")
    return Trade(venue, base, quote, price, volume)


def at_venues(market: str, *prices: float) -> list[Trade]:
    """Return a market at one venue for each of the prices."""
    return [trade(market, price, f"venue{number}") for number, price in enumerate(prices)]


DOLLARS = at_venues("usdt/usd", 0.999, 0.999, 0.999)


def test_a_market_between_two_currencies_is_their_rate() -> None:
    """The rate of two currencies is the consensus of the venues' prices, as for a coin."""
    trades = [*at_venues("btc/eur", 70_000.0, 70_010.0, 70_020.0), trade("eur/usd", 1.1)]
    way = RateBook(trades).way("btc", "eur")

    assert way is not None
    assert way.rate.price == 70_010.0
    assert way.rate.verified
    assert way.via == ("BTC/EUR",)
    assert not way.thin


def test_a_market_serves_in_both_directions() -> None:
    """A market serves both directions and keeps its name."""
    way = RateBook([trade("usdt/try", 40.0), *DOLLARS]).way("try", "usdt")

    assert way is not None
    assert way.rate.price == 0.025
    assert way.via == ("USDT/TRY",)


def test_the_same_market_is_listed_either_way_round() -> None:
    """Venues may list the two sides of a market in either order, and both count."""
    way = RateBook([trade("eur/usdt", 1.25, "one"), trade("usdt/eur", 0.8, "two")]).way("eur", "usdt")

    assert way is not None
    assert way.rate.price == pytest.approx(1.25)
    assert way.rate.confidence == 0.75


def test_a_currency_is_worth_itself() -> None:
    """The rate of a currency in itself is 1 and depends on no market."""
    way = RateBook([]).way("eur", "eur")

    assert way is not None
    assert (way.rate.price, way.rate.confidence, way.via) == (1.0, 1.0, ())


def test_a_rate_without_a_market_is_worked_out() -> None:
    """A rate without a market is derived, with the confidence of the least certain market on its path."""
    trades = [*at_venues("btc/usdt", 80_000.0, 80_000.0, 80_000.0), trade("usdt/try", 40.0)]
    way = RateBook(trades).way("btc", "try")

    assert way is not None
    assert way.rate.price == 3_200_000.0
    assert way.via == ("BTC/USDT", "USDT/TRY")
    assert way.rate.confidence == 0.5
    assert not way.rate.verified


def test_the_fewest_markets_are_taken_and_then_the_most_traded_currencies() -> None:
    """The path with the fewest markets counts, and among equals the one through the most traded currency."""
    trades = [trade("eth/btc", 0.04), trade("eth/usdt", 3000.0), trade("btc/eur", 70_000.0)]
    trades += [trade("eur/usdt", 1.1), trade("btc/usdt", 80_000.0)]
    way = RateBook(trades).way("eth", "eur")

    assert way is not None
    assert way.via == ("ETH/USDT", "EUR/USDT")


def test_a_thin_market_counts_only_where_no_other_is() -> None:
    """A market with less than 10 000 dollars a day counts only where no other path exists."""
    thin = trade("eth/eur", 9_999.0, volume=1.0)
    trades = [trade("eth/usdt", 3000.0), trade("eur/usdt", 1.2), *DOLLARS]
    around = RateBook([thin, *trades]).way("eth", "eur")
    alone = RateBook([thin, *DOLLARS]).way("eth", "eur")

    assert around is not None
    assert alone is not None
    assert (around.rate.price, around.thin) == (2500.0, False)
    assert (alone.rate.price, alone.thin) == (9_999.0, True)


def test_thin_venues_of_a_rate_do_not_count_beside_others() -> None:
    """One deep market is better than two with hardly any trade."""
    trades = [trade("btc/eur", 70_000.0, "deep"), *(trade("btc/eur", 9.0, name, 2.0) for name in ("a", "b"))]
    way = RateBook([*trades, trade("eur/usd", 1.1), *DOLLARS]).way("btc", "eur")

    assert way is not None
    assert way.rate.price == 70_000.0


def test_no_way_is_longer_than_three_markets() -> None:
    """A path has at most three markets, because each one adds its error."""
    chain = [
        trade("usdt/usd", 1.0),
        trade("btc/usd", 80_000.0),
        trade("btc/eur", 70_000.0),
        trade("eur/gbp", 0.9),
    ]
    book = RateBook(chain)

    assert LONGEST_WAY == 3
    assert book.way("usd", "gbp") is not None
    assert book.way("usdt", "gbp") is None
    assert book.way("usdt", "chf") is None


def test_the_dollars_of_a_usdt_are_observed_in_every_way() -> None:
    """The price of USDT in dollars is observed by its own market, by a coin in both, and by the euro."""
    trades = [
        trade("usdt/usd", 0.998, "one"),
        trade("btc/usd", 79_840.0, "two"),
        trade("btc/usdt", 80_000.0, "two"),
        trade("usdt/eur", 0.998 / 1.25, "three"),
        trade("eur/usd", 1.25, "three"),
    ]
    book = RateBook(trades)

    assert book.usdt_usd is not None
    assert book.usdt_usd.price == pytest.approx(0.998)
    assert book.usdt_usd.verified
    way = book.way("usd", "usdt")
    assert way is not None
    assert way.rate.price == pytest.approx(1 / 0.998)


def test_turnover_is_in_dollars() -> None:
    """A volume in the quote currency is converted to dollars by the price of the quote."""
    book = RateBook([trade("btc/usdt", 80_000.0), trade("usdt/try", 40.0), *DOLLARS])

    assert book.turnover(trade("eth/btc", 0.04, volume=2.0)) == pytest.approx(160_000.0, rel=0.01)
    assert book.is_thin(trade("btc/try", 3e6, volume=100_000.0))
    assert book.is_thin(trade("eth/chf", 2e3, volume=1e9))  # the price of a franc is unknown


@given(
    st.lists(
        st.builds(
            lambda pair, price, volume: Trade("one", pair[0], pair[1], price, volume),
            st.permutations(CURRENCIES).map(lambda order: (order[0], order[1])),
            st.floats(1e-6, 1e6),
            st.floats(1.0, 1e9),
        ),
        max_size=20,
    )
)
def test_a_way_back_is_the_inverse_of_the_way(trades: list[Trade]) -> None:
    """A rate back is the inverse of the rate there, for any markets."""
    book = RateBook(trades)
    for start in CURRENCIES[:4]:
        for end in CURRENCIES[:4]:
            way, back = book.way(start, end), book.way(end, start)
            assert (way is None) == (back is None)
            if way and back and way.via == back.via[::-1]:
                assert way.rate.price * back.rate.price == pytest.approx(1.0)
            if way:
                assert 0 <= way.rate.confidence <= 1
