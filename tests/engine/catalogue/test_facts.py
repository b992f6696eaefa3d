"""The packaged tables of coins and renames."""

import csv
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from engine.catalogue.facts import read_facts
from providers import ASSETS

FACTS = read_facts()


def at(text: str) -> float:
    """Return Unix seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_pinned_coins_are_those_of_the_providers() -> None:
    """The pinned coins are those of the providers, with every name that clients may use."""
    assert {coin.id for coin in FACTS.coins.values() if coin.pinned} == {
        asset.code.lower() for asset in ASSETS
    }
    for asset in ASSETS:
        for name in (asset.symbol, *asset.aliases):
            assert FACTS.pinned[name] == asset.code.lower()


@pytest.mark.parametrize("table", ["coins.csv", "meanings.csv", "renames.csv"])
def test_every_fact_has_a_source_and_a_date(table: str) -> None:
    """Every fact has a source and a date, and a venue that keeps an old code has the date in its source."""
    rows = csv.DictReader(files("engine.catalogue.facts").joinpath(table).read_text("utf-8").splitlines())
    for row in rows:
        assert None not in row.values(), row
        assert row["source"], row
        assert row.get("date") or row.get("since") or any(letter.isdigit() for letter in row["source"]), row


def test_tables_name_known_coins_only() -> None:
    """The tables name known coins only, and a rename without a verified ratio maps to no coin."""
    for meaning in FACTS.meanings.values():
        assert meaning.coin in FACTS.coins, meaning
    for rename in FACTS.renames:
        if rename.ratio is None:
            assert (rename.coin, rename.successor) == ("", "")
        else:
            assert {rename.coin, rename.successor} <= FACTS.coins.keys(), rename


def test_another_unit_is_another_coin() -> None:
    """A rename with a ratio other than one never joins two codes in one coin."""
    for rename in FACTS.renames:
        if rename.ratio not in (None, 1.0):
            assert rename.coin != rename.successor


@pytest.mark.parametrize(
    ("venue", "coin", "time", "code"),
    [
        ("binance", "ton", "2026-06-29", "TON"),
        ("binance", "ton", "2026-07-01", "GRAM"),
        ("kucoin", "ton", "2026-06-15", "GRAM"),
        ("bitstamp", "ton", "2026-07-01", "GRAM"),
        ("kraken", "ton", "2026-11-01", "TON"),
        ("coinbase", "ton", "2026-11-01", "TON"),
        ("okx", "ton", "2022-01-01", "TONCOIN"),
        ("binance", "pol", "2024-09-01", "MATIC"),
        ("binance", "pol", "2024-10-01", "POL"),
        ("kucoin", "pol", "2024-09-07", "POL"),
        ("kraken", "btc", "2026-11-01", "BTC"),
    ],
)
def test_each_venue_has_its_own_day(venue: str, coin: str, time: str, code: str) -> None:
    """Each venue has its own date of a rename: the old code counts before it, and the new one after it."""
    assert FACTS.code_at(venue, coin, at(time)) == code


@pytest.mark.parametrize(
    ("venue", "code", "coin"),
    [
        ("kraken", "LUNA", "lunc"),
        ("okx", "LUNA", "luna"),
        ("bybit", "NEIRO", "neiro-eth"),
        ("gate", "NEIRO", "neiro-first"),
        ("gate", "BTG", "btg-openverse"),
        ("kraken", "REP", "repv1"),
        ("binance", "GRAM", "ton"),
        ("kraken", "XBT", "btc"),
        ("okx", "BTG", None),
        ("kucoin", "OCEAN", None),
    ],
)
def test_a_code_means_what_its_venue_means(venue: str, code: str, coin: str | None) -> None:
    """A code means what its venue's table says, and nothing without a table."""
    assert FACTS.meaning(venue, code) == coin
