"""The settings of the servers that are compared."""

from pathlib import Path

from benchmarks.compare.servers import ALIKE, hosts
from tests.upstreams import StandIn


def test_requests_have_their_lines() -> None:
    """The log is as users have it, since its lines are a part of the cost."""
    assert "LOG_LEVEL" not in ALIKE


def test_no_provider_is_asked_for_real(tmp_path: Path) -> None:
    """A provider that only the other revision has is the stand-in's too, whether a file or a folder."""
    (tmp_path / "providers/folder").mkdir(parents=True)
    (tmp_path / "providers/_base").mkdir()
    for name in ("file.py", "_shared.py"):
        (tmp_path / "providers" / name).touch()
    with StandIn() as stand_in:
        found = hosts(stand_in, tmp_path)

    assert found["FILE_BASE_URL"] == f"{stand_in.address}/file"
    assert found["FOLDER_BASE_URL"] == f"{stand_in.address}/folder"
    assert not [name for name in found if name.startswith("_")]
