"""Pages of coins and markets, with searches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.building import build_catalogue
from engine.catalogue.pages import InvalidCursor, position_of
from engine.catalogue.rows import ListedCoin
from engine.catalogue.searching import Search, list_markets
from tests.engine.catalogue.identity.world import FACTS
from tests.engine.catalogue.markets import catalogue_of

CATALOGUE = catalogue_of()
SEARCH = Search.of(CATALOGUE)


def found(question: str, **asked: object) -> list[str]:
    """Return the ids of the coins on the first page."""
    return [listed.coin.id for listed in SEARCH.coins(question, **asked).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("btc", ["btc"]),
        ("BITCOIN", ["btc", "bch"]),
        ("xbt", ["btc"]),
        ("gram", ["ton"]),
        ("matic", ["pol"]),
        ("neiro", ["neiro-first", "neiro-eth"]),
        ("币", ["币安人生"]),
        ("on ethereum", ["neiro-first"]),
        ("TUSD", ["tusd"]),
    ],
)
def test_a_text_finds_coins_by_all_their_names(question: str, first: list[str]) -> None:
    """A search finds coins by all their names in any case: equal names first, then beginnings, then parts."""
    assert found(question)[: len(first)] == first


def test_the_larger_coin_comes_first() -> None:
    """Pinned coins come first in each group of matches, then larger coins."""
    ids = found("t", limit=500)

    assert ids.index("ton") < ids.index("tusd")
    assert ids[0] == "t"


def test_an_unknown_name_is_not_found() -> None:
    """A search without a match gives an empty last page."""
    page = SEARCH.coins("nosuchcoin")

    assert page.rows == ()
    assert page.next is None


def test_kinds_and_states_are_filters() -> None:
    """Kinds and states are filters, alone or with a text."""
    assert found("", kind="leveraged") == ["btc3l"]
    assert found("t", kind="stock") == ["tslax"]
    assert len(found("", state="pinned", limit=500)) == 30
    assert "foo" in found("", state="tentative")
    assert found("foo", state="proved") == []


@given(st.sampled_from(["", "t", "e", "usd", "o"]), st.integers(1, 40))
def test_pages_are_the_whole_list(question: str, limit: int) -> None:
    """The pages of any size together are the whole list, without gaps or duplicates."""
    rows: list[ListedCoin] = []
    cursor = None
    while True:
        page = SEARCH.coins(question, limit=limit, cursor=cursor)
        rows += page.rows
        cursor = page.next
        if cursor is None:
            break
        assert len(page.rows) == limit

    assert rows == list(SEARCH.coins(question, limit=10_000).rows)


def test_a_cursor_survives_a_refresh() -> None:
    """A cursor is the key of the last row, so that it survives rows that come and go."""
    first = SEARCH.coins("", limit=10)
    other = Search.of(catalogue_of({"okx": "BTC/USDT ZRX/USDT"}))
    rest = other.coins("", limit=500, cursor=first.next)

    assert [listed.coin.id for listed in (*first.rows, *rest.rows)][:30] == [
        listed.coin.id for listed in CATALOGUE.coins[:30]
    ]


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "MA", "é", "9" * 500, "OWE", "MQ=="])
def test_another_cursor_is_refused(cursor: str) -> None:
    """An invalid cursor is refused with its own error."""
    try:
        position_of(cursor)
    except InvalidCursor:
        return
    assert SEARCH.coins("", cursor=cursor) is not None


@given(st.text(max_size=50))
def test_no_cursor_breaks_it(cursor: str) -> None:
    """Any text as a cursor is refused or means a place."""
    try:
        SEARCH.coins("b", cursor=cursor)
        list_markets(CATALOGUE, cursor=cursor)
    except InvalidCursor:
        return


def test_markets_are_listed_by_base_quote_and_venue() -> None:
    """Markets are sorted by base, quote and venue, in pages and with filters."""
    page = list_markets(CATALOGUE, base="btc", limit=3)
    rest = list_markets(CATALOGUE, base="btc", cursor=page.next)
    markets = [(row.symbol, row.venue) for row in (*page.rows, *rest.rows)]

    assert markets == sorted(markets)
    assert ("BTC/EUR", "kraken") in markets
    assert {base for base, _ in (symbol.split("/") for symbol, _ in markets)} == {"BTC"}
    assert [row.native for row in list_markets(CATALOGUE, venue="bitstamp", quote="usd").rows] == [
        "BTCUSD",
        "GBPUSD",
        "PAXUSD",
    ]
    assert list_markets(CATALOGUE, base="nothing").rows == ()


def test_a_code_lists_the_markets_of_every_coin_that_it_means() -> None:
    """No row of a contested or unproved code is lost, and each has its own coin."""
    rows = list_markets(CATALOGUE, code="NEIRO").rows

    assert {row.base.id for row in rows} == {"neiro-first", "neiro-eth"}
    assert [row.venue for row in list_markets(CATALOGUE, code="FOO", venue="gate").rows] == ["gate"]


def test_pinned_coins_are_found_without_a_listing() -> None:
    """Pinned coins are found without a listing."""
    search = Search.of(build_catalogue(FACTS))

    assert [listed.coin.id for listed in search.coins("solana").rows] == ["sol"]
