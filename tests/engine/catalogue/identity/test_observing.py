"""Bindings of codes to coins, from observed prices."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalogue.identity import Event
from engine.catalogue.identity.ownership import contested
from tests.engine.catalogue.identity.world import HOUR, World, gecko

FOO = [gecko("foo-coin", "foo", "Foo", 900)]


def bound(codes: str, *candidates: tuple[str, str, str, int]) -> World:
    """Return a world with some listed codes."""
    world = World()
    world.bind(codes, [gecko(*one) for one in candidates] or FOO)
    return world


def test_a_name_and_three_prices_prove_a_code() -> None:
    """A name and three matching prices, at least 20 seconds apart, prove a code."""
    world = bound("gate:FOO=Foo")
    for seconds in (20.0, 1.0, 20.0):
        world.look({"gate:FOO": 2.5}, seconds, references={"foo": 2.51})
    early = world.coin_and_state("gate:FOO")
    world.look({"gate:FOO": 2.5}, 20.0, references={"foo": 2.51})

    assert early == ("foo", "tentative")
    assert world.coin_and_state("gate:FOO") == ("foo", "proved")
    assert world["gate:FOO"].evidence == ("name", "three prices")
    assert world.events == [Event("proved", "gate", "FOO", "foo")]


def test_three_prices_in_a_row_are_needed() -> None:
    """Three matching prices in a row are needed: another price, or a pause of hours, restarts the count."""
    world = bound("gate:FOO=Foo")
    for usd in (2.5, 2.5, 2.6, 2.5, 2.5):
        world.look({"gate:FOO": usd}, references={"foo": 2.5})
    assert world.coin_and_state("gate:FOO")[1] == "tentative"
    world.look({"gate:FOO": 2.5}, 2 * HOUR, references={"foo": 2.5})
    assert world.coin_and_state("gate:FOO")[1] == "tentative"


def test_a_price_alone_needs_a_day_and_two_venues() -> None:
    """Without a name, prices at 0, 4 and 24 hours that match two other venues prove all three codes."""
    world = bound("okx:FOO bybit:FOO kraken:FOO")
    prices = {"okx:FOO": 2.5, "bybit:FOO": 2.505, "kraken:FOO": 2.495}
    world.look(prices)
    world.look(prices)
    joined = {world[key].coin for key in prices}
    for _ in range(23):
        world.look(prices, HOUR)
    before = [world[key].state for key in prices]
    for _ in range(2):
        world.look(prices, HOUR)

    assert len(joined) == 1
    assert before == ["tentative"] * 3
    assert [world.coin_and_state(key) for key in prices] == [(*joined, "proved")] * 3


def test_two_venues_alone_prove_nothing() -> None:
    """Two venues alone prove nothing, unless an aggregator ranks the coin high."""
    world = bound("okx:FOO bybit:FOO")
    for _ in range(60):
        world.look({"okx:FOO": 2.5, "bybit:FOO": 2.5}, HOUR)
    assert world["okx:FOO"].coin == world["bybit:FOO"].coin
    assert world["okx:FOO"].state == world["bybit:FOO"].state == "tentative"

    for rank, state in ((900, "tentative"), (400, "proved")):
        world = bound("okx:FOO bybit:FOO")
        for _ in range(60):
            world.look({"okx:FOO": 2.5, "bybit:FOO": 2.5}, HOUR, references={"foo": 2.5}, rank=rank)
        assert world.coin_and_state("okx:FOO") == ("foo", state)


def test_a_thin_book_may_differ_more() -> None:
    """Prices may differ by 2 % instead of 1 % where either side trades less than 100 000 dollars a day."""
    for volume, state in ((1e6, "tentative"), (5e4, "proved")):
        world = bound("gate:FOO=Foo")
        for _ in range(4):
            world.look({"gate:FOO": 2.54}, references={"foo": 2.5}, volume=volume)
        assert world.coin_and_state("gate:FOO")[1] == state


@pytest.mark.parametrize("code", ["FOOUSD", "BTC3L", "TSLAX"])
def test_kinds_are_never_merged_by_price(code: str) -> None:
    """Stablecoins, leveraged tokens and stock tokens have similar prices, and are never merged by price."""
    world = bound(f"okx:{code} bybit:{code} kraken:{code} okx:BTC bybit:BTC kraken:BTC")
    prices = {f"{venue}:{code}": 7.0 for venue in ("okx", "bybit", "kraken")}
    for _ in range(30):
        world.look(prices, HOUR)

    assert len({world[key].coin for key in prices}) == 3
    assert {world[key].state for key in prices} == {"tentative"}


@pytest.mark.parametrize(("usd", "bitcoin"), [(1.01, 65_000.0), (64_500.0, 65_000.0)])
def test_a_pegged_price_proves_nothing(usd: float, bitcoin: float) -> None:
    """A price near one dollar or one bitcoin proves nothing."""
    world = bound("okx:FOO bybit:FOO kraken:FOO gate:FOO=Foo okx:BTC bybit:BTC kraken:BTC")
    foos = ("okx:FOO", "bybit:FOO", "kraken:FOO", "gate:FOO")
    prices = dict.fromkeys(("okx:BTC", "bybit:BTC", "kraken:BTC"), bitcoin) | dict.fromkeys(foos, usd)
    for _ in range(30):
        world.look(prices, HOUR, references={"foo": usd}, rank=10)

    assert {world[key].state for key in foos} == {"tentative"}


def test_a_price_that_leaves_its_group_is_undone() -> None:
    """A code is refused after three different prices, with an event, and one matching price is not enough."""
    world = bound("okx:SOL bybit:SOL kraken:SOL gate:SOL")
    prices = dict.fromkeys(("okx:SOL", "bybit:SOL", "kraken:SOL"), 150.0)
    world.look({**prices, "gate:SOL": 150.0})
    world.look({**prices, "gate:SOL": 2.0})
    world.look({**prices, "gate:SOL": 2.0})
    assert world.coin_and_state("gate:SOL") == ("sol", "pinned")
    world.look({**prices, "gate:SOL": 2.0})

    assert world.coin_and_state("gate:SOL") == ("sol", "refused")
    assert world.events == [Event("unbound", "gate", "SOL", "sol", 75.0)]
    world.bind("gate:SOL")
    world.look({**prices, "gate:SOL": 150.0})
    assert world.coin_and_state("gate:SOL") == ("sol", "refused")
    assert world.coin_and_state("okx:SOL") == ("sol", "pinned")


def test_a_reviewed_code_comes_back_after_a_day_of_agreement() -> None:
    """A refused code that was reviewed is bound again after a day of matching prices, with an event."""
    world = bound("okx:SOL bybit:SOL kraken:SOL gate:SOL")
    prices = dict.fromkeys(("okx:SOL", "bybit:SOL", "kraken:SOL"), 150.0)
    for _ in range(3):
        world.look({**prices, "gate:SOL": 15.5})
    for _ in range(26):
        world.look({**prices, "gate:SOL": 150.0}, HOUR)

    assert world.coin_and_state("gate:SOL") == ("sol", "pinned")
    assert [event.what for event in world.events] == ["unbound", "rebound"]


def test_one_odd_price_undoes_nothing() -> None:
    """Two different prices in a row refuse nothing."""
    world = bound("okx:SOL bybit:SOL kraken:SOL gate:SOL")
    prices = dict.fromkeys(("okx:SOL", "bybit:SOL", "kraken:SOL"), 150.0)
    for usd in (2.0, 2.0, 150.0, 2.0, 2.0, 150.0):
        world.look({**prices, "gate:SOL": usd})

    assert world.coin_and_state("gate:SOL") == ("sol", "pinned")


def test_a_dead_book_undoes_nothing() -> None:
    """A price at a venue that trades less than 10 000 dollars a day refuses nothing."""
    world = bound("okx:SOL bybit:SOL kraken:SOL gate:SOL")
    for _ in range(5):
        world.look({"okx:SOL": 150.0, "bybit:SOL": 150.0, "gate:SOL": 2.0}, volume=9_000.0)

    assert world.coin_and_state("gate:SOL") == ("sol", "pinned")


def test_a_venue_that_exchanges_two_codes_loses_both() -> None:
    """A venue that exchanges two codes loses both after three prices, and the other venues keep theirs."""
    world = bound("okx:SOL bybit:SOL kraken:SOL okx:LTC bybit:LTC kraken:LTC")
    prices = {
        f"{venue}:{code}": usd for venue in ("okx", "bybit") for code, usd in (("SOL", 150.0), ("LTC", 80.0))
    }
    for _ in range(3):
        world.look({**prices, "kraken:SOL": 80.0, "kraken:LTC": 150.0})

    assert {key for key, one in world.identities.bindings.items() if one.state == "refused"} == {
        "kraken:SOL",
        "kraken:LTC",
    }


def test_two_that_are_divided_are_both_undone() -> None:
    """If the prices of two proved codes diverge, both are refused, and pinned codes stay."""
    world = bound("gate:FOO=Foo mexc:FOO=Foo")
    both = {"gate:FOO": 2.5, "mexc:FOO": 2.5}
    for _ in range(3):
        world.look(both)
    assert {world[key].state for key in both} == {"proved"}
    for _ in range(3):
        world.look({"gate:FOO": 2.5, "mexc:FOO": 900.0})
    assert {world[key].state for key in both} == {"refused"}

    world = bound("okx:SOL bybit:SOL")
    for _ in range(5):
        world.look({"okx:SOL": 150.0, "bybit:SOL": 2.0})
    assert {one.state for one in world.identities.bindings.values() if one.code == "SOL"} == {"pinned"}


def test_two_coins_under_a_code_are_separated() -> None:
    """A code with two coins and no previous owner belongs to neither of them."""
    world = bound("gate:FOO=Foo mexc:FOO=Foo bybit:FOO")
    for _ in range(5):
        world.look({"gate:FOO": 2.5, "mexc:FOO": 2.5, "bybit:FOO": 0.03})

    assert world.coin_and_state("gate:FOO") == ("foo", "proved")
    assert world["bybit:FOO"].coin == "foo-bybit"
    assert "FOO" not in world.identities.owners
    assert set(contested(world.identities)["FOO"]) == {"foo", "foo-bybit"}


def test_an_owner_keeps_its_code() -> None:
    """A code stays with its owner, and a later coin with the same code needs its venue or its id."""
    world = bound("gate:FOO=Foo mexc:FOO=Foo")
    for _ in range(3):
        world.look({"gate:FOO": 2.5, "mexc:FOO": 2.5})
    assert world.identities.owners["FOO"] == "foo"
    world.bind("gate:FOO=Foo mexc:FOO=Foo bybit:FOO")
    for _ in range(5):
        world.look({"gate:FOO": 2.5, "mexc:FOO": 2.5, "bybit:FOO": 0.03})

    assert world.identities.owners["FOO"] == "foo"
    assert contested(world.identities) == {}


def test_a_code_that_others_may_share_waits_for_them() -> None:
    """A code has no owner before the prices of all its venues are known."""
    world = bound("gate:FOO=Foo mexc:FOO=Foo bybit:FOO")
    for _ in range(3):
        world.look({"gate:FOO": 2.5, "mexc:FOO": 2.5})
    assert "FOO" not in world.identities.owners
    for _ in range(6):
        world.look({"gate:FOO": 2.5, "mexc:FOO": 2.5})
    assert world.identities.owners["FOO"] == "foo"


def test_a_joined_code_whose_price_leaves_is_a_coin_of_its_own() -> None:
    """A code that was joined by price is its own coin again after its price diverges."""
    world = bound("gate:FOO=Foo mexc:FOO=Foo bybit:FOO")
    for _ in range(3):
        world.look({"gate:FOO": 2.5, "mexc:FOO": 2.5, "bybit:FOO": 2.5})
    assert world.coin_and_state("bybit:FOO") == ("foo", "tentative")
    for _ in range(3):
        world.look({"gate:FOO": 2.5, "mexc:FOO": 2.5, "bybit:FOO": 3.0})

    assert world.coin_and_state("bybit:FOO")[1] == "tentative"
    assert world["bybit:FOO"].coin != "foo"
    assert world.coin_and_state("gate:FOO") == ("foo", "proved")


def test_a_name_that_the_price_has_disproved_counts_no_more() -> None:
    """A name that prices have disproved counts no more: the code stays its own coin after every refresh."""
    world = bound("gate:FOO=Foo")
    coins = []
    for _ in range(4):
        for _ in range(4):
            world.look({"gate:FOO": 9.0}, references={"foo": 2.5})
        world.bind("gate:FOO=Foo", FOO)
        coins.append(world["gate:FOO"].coin)

    assert coins == ["foo-gate"] * 4


walks = st.lists(st.floats(0.97, 1.03), min_size=30, max_size=30)


@settings(max_examples=40, deadline=None)
@given(walks, st.floats(1.2, 1000.0), st.booleans())
def test_coins_that_differ_are_never_merged(walk: list[float], factor: float, up: bool) -> None:
    """A code with a different price is never served as the coin of the majority, for any prices."""
    world = bound("gate:FOO=Foo mexc:FOO=Foo kraken:FOO bybit:FOO")
    usd = 20.0
    for number, step in enumerate(walk):
        usd *= step
        prices = dict.fromkeys(("gate:FOO", "mexc:FOO", "kraken:FOO"), usd)
        other = usd * factor if up else usd / factor
        world.look({**prices, "bybit:FOO": other}, HOUR if number > 3 else 20.0)

    assert world["bybit:FOO"].coin != world["gate:FOO"].coin
    assert world["kraken:FOO"].coin == world["gate:FOO"].coin
