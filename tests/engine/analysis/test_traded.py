"""The price of a coin from its markets at exchanges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.rates import RateBook, Trade
from engine.analysis.traded import Priced, priced

AMPLE = 1e6


def trade(venue: str, quote: str, price: float, volume: float = AMPLE, base: str = "xmr") -> Trade:
    """Return a market of the coin."""
    return Trade(venue, base, quote, price, volume)


BETWEEN = [
    *(trade(f"venue{number}", "usd", 0.999, base="usdt") for number in range(3)),
    *(trade(f"venue{number}", "usdt", 80_000.0, base="btc") for number in range(3)),
    trade("kraken", "eur", 0.8, base="usdt"),
    trade("kraken", "btc", 0.04, base="eth"),
]
BOOK = RateBook(BETWEEN)


def of(trades: list[Trade], currency: str = "usdt") -> Priced:
    """Return the price, which must be known."""
    found = priced(trades, "XMR", currency, BOOK)
    assert found is not None
    return found


def test_the_price_is_the_median_of_the_venues() -> None:
    """The price is the median of the venues with the rules for every coin, and depends on nothing else."""
    found = of([trade("one", "usdt", 170.0), trade("two", "usdt", 170.1), trade("three", "usdt", 170.2)])

    assert found.consensus.price == 170.1
    assert found.consensus.verified
    assert (found.via, found.thin) == ((), False)


def test_dollars_and_usdt_count_together() -> None:
    """Dollar markets are converted to USDT, with at most the confidence of that rate."""
    trades = [trade("one", "usdt", 170.0), trade("two", "usdt", 170.0), trade("three", "usd", 169.83)]
    found = of(trades)

    assert [source.price for source in found.consensus.sources] == [170.0, 170.0, 170.0]
    assert found.via == ()
    assert BOOK.usdt_usd is not None
    assert found.consensus.confidence <= BOOK.usdt_usd.confidence
    assert of(trades, "usd").consensus.price == pytest.approx(169.83)


def test_a_venue_counts_once() -> None:
    """A venue counts once, by its market with the most trade."""
    found = of([trade("one", "usd", 100.0, 20_000.0), trade("one", "usdt", 170.0, 900_000.0)])

    assert [(source.provider, source.price) for source in found.consensus.sources] == [("one", 170.0)]


def test_a_market_of_its_own_comes_first() -> None:
    """A market in the requested currency comes before a price that is derived from more venues."""
    found = of(
        [trade("one", "usdt", 170.0), trade("two", "usdt", 170.0), trade("kraken", "eur", 140.0)], "eur"
    )

    assert found.consensus.price == 140.0
    assert found.via == ()


def test_a_price_without_a_market_is_worked_out_and_says_so() -> None:
    """A price without a market is derived and marked, with at most the confidence of its rate."""
    found = of([trade(f"venue{number}", "usdt", 170.0) for number in range(4)], "eur")

    assert found.consensus.price == pytest.approx(136.0)
    assert found.via == ("XMR/USDT", "USDT/EUR")
    assert found.consensus.confidence == 0.5
    assert not found.consensus.verified
    assert {source.price for source in found.consensus.sources} == {136.0}


def test_a_coin_that_is_traded_against_bitcoin_alone_has_a_price() -> None:
    """The USDT price of a coin that trades against bitcoin only is derived."""
    found = of([trade("one", "btc", 0.002)])

    assert found.consensus.price == pytest.approx(160.0)
    assert found.via == ("XMR/BTC", "BTC/USDT")


def test_the_shortest_way_is_taken() -> None:
    """Of markets in two other currencies, the one with the shortest path to the requested one counts."""
    found = of([trade("one", "eth", 0.05), trade("two", "btc", 0.002)], "usdt")

    assert found.via == ("XMR/BTC", "BTC/USDT")


def test_a_thin_price_says_so_and_is_not_trusted() -> None:
    """Markets with less than 10 000 dollars a day have a confidence of at most 0.3 and are marked."""
    found = of([trade(f"venue{number}", "usdt", 170.0, 9_000.0) for number in range(5)])

    assert found.thin
    assert found.consensus.confidence == 0.3
    assert not found.consensus.verified


def test_thin_markets_do_not_count_beside_others() -> None:
    """Thin markets do not count beside others, because their prices are old or far off."""
    found = of([trade("deep", "usdt", 170.0), trade("thin", "usdt", 150.0, 50.0)])

    assert [source.provider for source in found.consensus.sources] == ["deep"]
    assert not found.thin


def test_a_deep_market_elsewhere_is_better_than_a_thin_one_of_its_own() -> None:
    """A thin euro market is ignored if the price in USDT is certain."""
    deep = [trade("one", "usdt", 170.0)]
    assert of([*deep, trade("kraken", "eur", 99.0, 5.0)], "eur").via == ("XMR/USDT", "USDT/EUR")
    alone = of([trade("kraken", "eur", 99.0, 5.0)], "eur")
    assert (alone.consensus.price, alone.via, alone.thin) == (99.0, (), True)


def test_a_price_that_rests_on_a_thin_market_is_thin() -> None:
    """A derived price is thin if one market on its path is thin."""
    found = of([trade("one", "btc", 0.002, 0.01)])

    assert found.via == ("XMR/BTC", "BTC/USDT")
    assert found.thin
    assert found.consensus.confidence <= 0.3


def test_outliers_and_camps_are_found() -> None:
    """Outliers and disputes are found by the rules for all prices."""
    camps = of([trade("one", "usdt", 1.0), trade("two", "usdt", 1.0), *(trade(n, "usdt", 2.0) for n in "ab")])
    assert camps.consensus.disputed
    assert camps.consensus.confidence < 0.5
    far = of([trade("one", "usdt", 1.0), trade("two", "usdt", 1.0), trade("far", "usdt", 3.0)])
    assert [source.provider for source in far.consensus.sources if source.outlier] == ["far"]
    assert "far" not in {counted.venue for counted in far.counted}


def test_a_currency_costs_one_of_itself() -> None:
    """A currency costs one of itself, with the markets of its price in dollars."""
    found = of([trade(f"venue{n}", "usdt", 80_000.0 + n, base="btc") for n in range(3)], "btc")

    assert found.consensus.price == 1.0
    assert len(found.consensus.sources) == 3


def test_without_a_market_there_is_no_price() -> None:
    """Without a market, or a path to the currency, there is no price."""
    assert priced([], "XMR", "usdt", BOOK) is None
    assert priced([trade("one", "usdt", 170.0)], "XMR", "chf", BOOK) is None
    assert priced([trade("one", "doge", 170.0)], "XMR", "usdt", BOOK) is None


@given(
    st.lists(
        st.builds(
            trade,
            st.sampled_from(["one", "two", "three", "four"]),
            st.sampled_from(["usdt", "usd", "btc", "eur", "chf", "doge"]),
            st.floats(1e-9, 1e9),
            st.floats(1e-6, 1e12),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["usdt", "usd", "eur", "btc", "eth", "chf"]),
)
def test_a_price_is_never_trusted_more_than_what_it_rests_on(trades: list[Trade], currency: str) -> None:
    """A price lies within its quotes, and thin or derived ones are never certain, for any markets."""
    found = priced(trades, "XMR", currency, BOOK)
    if found is None:
        return
    prices = [source.price for source in found.consensus.counted]
    assert min(prices) * (1 - 1e-9) <= found.consensus.price <= max(prices) * (1 + 1e-9)
    assert 0 <= found.consensus.confidence <= 1
    if found.thin:
        assert found.consensus.confidence <= 0.3
    if "USDT/EUR" in found.via:
        assert found.consensus.confidence <= 0.5
    assert {source.provider for source in found.consensus.sources} <= {one.venue for one in trades}
