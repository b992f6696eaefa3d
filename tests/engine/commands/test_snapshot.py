"""`python -m engine snapshot`: the markets that are known at every later start."""

from pathlib import Path

import pytest

from engine.catalogue.snapshot import write_snapshot
from engine.commands import snapshot
from engine.commands.check import catalogue_lines
from engine.commands.check._catalogue import running_lines
from engine.config import load_settings
from engine.timestamps import iso
from providers import ASSETS
from tests.clock import Clock
from tests.engine.web.conftest import settings_for
from tests.running import free_port
from tests.upstreams import Fault, StandIn


def test_all_venues_are_asked_and_looked_at(tmp_path: Path) -> None:
    """All venues are requested, a failed one is omitted, prices prove codes, and `check` shows the file."""
    clock, file = Clock(), tmp_path / "catalogue.json.gz"
    with StandIn(clock=clock) as stand_in:
        stand_in.fault("okx", Fault("status", status=500))
        settings = load_settings({}, **settings_for(stand_in), catalogue_snapshot=str(file), port=free_port())
        found = snapshot.collect(settings, clock, clock.advance)
    size = write_snapshot(found, file)
    proved = {one.coin for one in found.identities.bindings.values()}
    report = list(catalogue_lines(settings, clock()))

    assert len(found.listings) == 7
    assert {asset.code.lower() for asset in ASSETS} <= proved
    assert len(proved) > len(ASSETS) + 20
    assert size < 200_000
    assert report[1].startswith(f"  snapshot of {iso(found.time)} with ")
    assert report[-1] == f"  no engine answers on port {settings.port}; its markets are in /api/health"


@pytest.mark.parametrize("arguments", [[], ["one", "two"], ["-h"]])
def test_a_file_must_be_named(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named by an argument or by the setting."""
    monkeypatch.delenv("CATALOGUE_SNAPSHOT", raising=False)

    assert snapshot.main(arguments) == snapshot.WRONG


def test_stand_ins_are_no_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration is refused as a source, because its markets are invented."""
    monkeypatch.setenv("DEMO", "true")
    monkeypatch.setenv("STREAM_ENABLED", "false")

    assert snapshot.main([str(tmp_path / "file")]) == snapshot.WRONG
    assert list(tmp_path.iterdir()) == []


def test_a_refused_listing_is_reported() -> None:
    """A refused listing is reported with the size and the age of the one that stays."""
    report = {
        "coins": 40,
        "markets": 400,
        "venues": {"okx": {"markets": 300, "listed": "2026-11-18T08:06:40Z", "priced": None}},
        "refused": {"okx": "half of the markets lost", "gate": "too few markets"},
    }
    lines = list(running_lines(report, 8000, 1_795_000_000.0))

    assert [line.split(maxsplit=1) for line in lines[1:]] == [
        ["okx", "300 markets, listed 3.0 h ago; its newest listing is refused: half of the markets lost"],
        ["gate", "no listing; its newest one is refused: too few markets"],
    ]
