"""A snapshot has the proved codes, and no values that would be old at the next start."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine import create_app
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.reporting import report, warnings
from engine.catalogue.snapshot import OLD, UnreadableSnapshot, read_snapshot, snapshot_of, write_snapshot
from engine.catalogue.state import State
from engine.store import Store
from engine.store.memory import MemoryCache
from providers import ASSETS
from tests.engine.catalogue.identity.world import FACTS
from tests.engine.catalogue.markets import NOW, identities_of, listings_of

LISTINGS = listings_of()
STATE = State(listings=LISTINGS, identities=identities_of(LISTINGS), volumes={"okx BTCUSDT": 1.0})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a snapshot of the markets that tests of names use."""
    path = tmp_path / "catalogue.json.gz"
    write_snapshot(snapshot_of(STATE, NOW), path)
    return path


def current_of(path: Path) -> CurrentCatalogue:
    """Return the catalogue of a start with a snapshot."""
    return CurrentCatalogue(Store(MemoryCache()), FACTS, read_snapshot(path))


def client_of(path: Path) -> FlaskClient:
    """Return a client of an application that has reached no venue."""
    return create_app(catalogue_snapshot=str(path), rate_limit_enabled=False).test_client()


def test_what_is_proved_is_known_at_the_next_start(file: Path) -> None:
    """A snapshot has served markets in all states, under the venue's names, with their listing's time."""
    kept = {(one.venue, one.native) for one in current_of(file).catalogue.markets if one.served}
    live = {(one.venue, one.native) for one in STATE.catalogue(FACTS, lambda: None).markets if one.served}

    assert kept == live
    assert current_of(file).catalogue.as_of == NOW


def test_what_is_in_doubt_is_left_out(file: Path) -> None:
    """A snapshot has no codes without proof, no ranks, no volumes and no prices."""
    current = current_of(file)

    assert not [one for one in current.catalogue.markets if one.state not in ("pinned", "proved")]
    assert {coin.rank for coin in current.state.identities.coins.values()} == {None}
    assert current.state.volumes == current.state.prices == {}
    assert report(current)["snapshot"] == "2026-11-18T11:06:40Z"


def test_an_application_begins_with_a_snapshot(file: Path) -> None:
    """An application lists the snapshot's markets with their age before any venue has answered."""
    client = client_of(file)
    markets = client.get("/api/markets?base=ETH&quote=BTC").get_json()

    assert [row["venue"] for row in markets["data"]] == ["binance"]
    assert markets["meta"]["asOf"] == "2026-11-18T11:06:40Z"


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"{}"), gzip.compress(b'{"format": 7}')],
    ids=["empty", "no gzip", "no format", "another format"],
)
def test_a_damaged_snapshot_stops_no_start(
    file: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """With a damaged snapshot the pinned coins work, and the log has the reason."""
    file.write_bytes(content)
    with pytest.raises(UnreadableSnapshot):
        read_snapshot(file)
    client = client_of(file)

    assert len(client.get("/api/symbols").get_json()["data"]["coins"]) == len(ASSETS)
    assert "CATALOGUE_SNAPSHOT is not used" in caplog.text


def test_without_a_network_and_a_file_the_pinned_coins_work(tmp_path: Path) -> None:
    """Without a network and a file, the names and markets of pinned coins are known."""
    client = client_of(tmp_path / "missing.json.gz")
    exchange = client.get("/compat/binance/api/v3/exchangeInfo").get_json()

    assert [row["symbol"] for row in exchange["symbols"]] == [f"{asset.code}USDT" for asset in ASSETS]
    assert client.get("/udf/search?query=GRAM").get_json()[0]["ticker"] == "TONUSDT"


def test_old_facts_and_snapshots_are_reported(file: Path) -> None:
    """Facts and snapshots older than half a year are reported, for a given date."""
    current = current_of(file)

    assert list(warnings(current, NOW)) == []
    facts, snapshot = warnings(current, NOW + OLD + 86_400)
    assert facts.startswith("the facts about coins and renames are ")
    assert snapshot == ("the snapshot of the catalogue is 181 days old; build a new one with make snapshot")
