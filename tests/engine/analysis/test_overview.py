"""The overview: medians, movers, and implausible figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.analysis.overview import believable, movers, pegged, totals
from providers import Listing, Overview

BITCOIN = Listing("BTC", "Bitcoin", 80_000.0, 1.0, 3e10, 1.6e12, 1)
ETHER = Listing("ETH", "Ethereum", 3_000.0, -2.0, 2e10, 3.6e11, 2)
MARKET = Overview(2.7e12, 1e11, 59.0, 13.0, 9000, -1.0)
FIGURES = st.none() | st.floats() | st.floats(-1e3, 1e13)
LISTINGS = st.builds(
    Listing,
    st.sampled_from(["BTC", "A", "USDT", "WBTC"]),
    st.just("Coin"),
    FIGURES,
    FIGURES,
    FIGURES,
    FIGURES,
    st.none(),
)


def test_totals_are_medians() -> None:
    """A figure of one provider is used as it is, and invalid figures are ignored."""
    found = totals(
        [
            MARKET,
            Overview(2.6e12, 9e10, 58.0, coins=12_000),
            Overview(9e15, 0.0, float("nan"), coins=0),
        ]
    )

    assert found.market_cap == 2.7e12
    assert found.volume_24h == 9.5e10
    assert found.btc_dominance == 58.5
    assert found.eth_dominance == 13.0
    assert found.coins == 9000
    assert found.market_cap_change_24h == -1.0
    assert totals([]).market_cap is totals([]).coins is None


BOGUS = Listing("FAKE", "Fake", 1.0, 500.0, 2e6, 3.3e12, 1)


@pytest.mark.parametrize("market", [[MARKET], []])
def test_a_coin_of_an_absurd_size_is_left_out(market: list[Overview]) -> None:
    """A coin larger than all others except Bitcoin, or than Bitcoin without a total, is omitted."""
    assert believable([BOGUS, BITCOIN, ETHER], [], totals(market)) == [BITCOIN, ETHER]


def test_a_namesake_of_bitcoin_is_not_bitcoin() -> None:
    """Bitcoin is the coin that has both its name and its code."""
    namesake = replace(BOGUS, code="BTC", name="Bitcoin Turbo")

    assert believable([namesake, BITCOIN], [], totals([MARKET])) == [BITCOIN]


def test_two_providers_must_agree_on_a_size() -> None:
    """Two providers must agree on a size within a factor of three, and one alone is accepted."""
    coin = Listing("SML", "Small", 1.0, 400.0, 2e6, 9e10, 20)
    other = replace(coin, market_cap=1e8)

    assert believable([coin], [other], totals([MARKET])) == []
    assert believable([coin], [replace(other, market_cap=5e10)], totals([MARKET])) == [coin]
    assert believable([coin], [replace(other, name="Another")], totals([MARKET])) == [coin]


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": -1.0},
        {"price": float("nan")},
        {"volume_24h": float("inf")},
        {"market_cap": -1.0},
        {"change_24h": -101.0},
        {"change_24h": float("nan")},
        {"code": ""},
        {"name": ""},
    ],
)
def test_a_coin_with_impossible_figures_is_left_out(wrong: dict[str, object]) -> None:
    """A coin with one impossible figure is omitted."""
    assert believable([replace(ETHER, **wrong)], [], totals([])) == []


@pytest.mark.parametrize(
    ("code", "name", "price", "follows"),
    [
        ("USDT", "Tether", 1.0, True),
        ("USDX", "Some Dollar", 1.001, True),
        ("AUSD", "AUSD", 0.99, True),
        ("EURQ", "Quantoz", 1.16, True),
        ("WBTC", "Wrapped Bitcoin", 80_000.0, True),
        ("XYZ", "Wrapped Something", 5.0, True),
        ("XYZ", "Liquid Staked ETH", 3_000.0, True),
        ("XYZ", "Binance-Peg Dogecoin", 0.2, True),
        ("BTC", "Bitcoin", 80_000.0, False),
        ("USUAL", "Usual", 0.05, False),
        ("XRP", "XRP", 1.0, False),
        ("STRK", "Starknet", 1.0, False),
        ("USDX", "Not a dollar any more", 0.4, False),
    ],
)
def test_pegged_coins_are_recognised(code: str, name: str, price: float, follows: bool) -> None:
    """A pegged coin is recognised by its code, its name, or a dollar in its code with a matching price."""
    assert pegged(Listing(code, name, price, 0.0, 1e9, 1e9, 1)) is follows


def test_movers_are_the_ten_strongest() -> None:
    """Movers are the ten strongest of the 250 largest coins with enough volume, in each direction."""
    coins = [Listing(f"C{n}", f"C{n}", 5.0, float(n - 20), 1e6, 1e9 - n, n) for n in range(41)]
    coins.append(Listing("TINY", "Tiny", 5.0, 999.0, 999_999.0, 1e10, 1))
    coins += [Listing("D", "D", 5.0, 0.0, 1e6, 1e10, 1)] * 250

    assert [coin.change_24h for coin in movers(coins[:42], up=True)] == [20.0 - n for n in range(10)]
    assert [coin.change_24h for coin in movers(coins[:42], up=False)] == [-20.0 + n for n in range(10)]
    assert movers(coins, up=True) == []


@given(st.lists(LISTINGS, max_size=20), st.booleans())
def test_movers_are_valid_for_any_list(coins: list[Listing], up: bool) -> None:
    """Movers have possible figures, moved in their direction and are sorted, for any list."""
    found = movers(believable(coins, [], totals([])), up=up)
    changes = [coin.change_24h or 0.0 for coin in found]

    assert len(found) <= 10
    assert changes == sorted(changes, reverse=up)
    assert all((change > 0) is up for change in changes)
    assert all((coin.volume_24h or 0) >= 1e6 and not pegged(coin) for coin in found)
