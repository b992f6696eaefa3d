"""The table of tiers, and the file that changes it."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from engine.config import SettingsError, load_settings
from engine.config.tiers import Tier, Tiers, parse, usual


def test_a_file_adds_and_replaces() -> None:
    """A new tier takes from `free` what its file leaves out, a known one from itself, and all others stay."""
    table = parse("team: {requests: 90, days: null}\nanonymous: {rows: 5}\n", usual(60))

    assert table["team"] == Tier(90, 100, 50, 500, None, None, 20)
    assert table["anonymous"] == Tier(60, 100, 20, 200, 366, 5, 0)
    assert [table[name] for name in ("free", "pro")] == [usual(60)[name] for name in ("free", "pro")]


def test_requests_keep_the_ratio_of_the_settings() -> None:
    """The factor of a tier is that of `RATE_LIMIT_DEFAULT`, so that usual tiers follow the settings."""
    for requests in (1, 60, 7000):
        tiers = Tiers(usual(requests), requests)
        assert [tiers.times(name) for name in (None, "free", "pro", "unlimited")] == [1, 1, 10, None]
    assert Tiers(parse("team: {requests: 90}", usual(60)), 60).times("team") == 1.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[team]", "tiers by name"),
        ("team: [", "no YAML"),
        ("a b: {}", "letters, digits"),
        ("5: {}", "letters, digits"),
        ("team: 5", "team may have requests, series"),
        ("team: {request: 5}", "team may have requests, series"),
        ("team: {requests: 0}", "requests of team must be an integer from 1, or null"),
        ("team: {requests: true}", "requests of team must be"),
        ("team: {requests: 1.5}", "requests of team must be"),
        ("team: {streams: null}", "streams of team must be an integer from 0"),
        ("team: {rules: -1}", "rules of team must be"),
    ],
)
def test_a_wrong_file_stops_the_start(tmp_path: Path, text: str, message: str) -> None:
    """A wrong file stops the start with what is expected."""
    file = tmp_path / "tiers"
    file.write_text(text)

    with pytest.raises(SettingsError, match=f"TIERS_FILE: .*{re.escape(message)}"):
        load_settings({"TIERS_FILE": str(file)})


def test_keys_have_a_tier_of_the_file(tmp_path: Path) -> None:
    """A key may have a tier of the file; one that no table has stops the start."""
    keys, tiers = tmp_path / "keys", tmp_path / "tiers"
    keys.write_text(f"alice:team:{sha256(b'alice').hexdigest()}\n")
    tiers.write_text("team: {requests: 90}\n")

    assert load_settings({"API_KEYS_FILE": str(keys), "TIERS_FILE": str(tiers)}).tiers_file == str(tiers)
    with pytest.raises(SettingsError, match="API_KEYS_FILE: line 1 has none of the tiers free, pro"):
        load_settings({"API_KEYS_FILE": str(keys)})
    keys.write_text(f"alice:anonymous:{sha256(b'alice').hexdigest()}\n")
    with pytest.raises(SettingsError, match="API_KEYS_FILE: line 1"):
        load_settings({"API_KEYS_FILE": str(keys)})
