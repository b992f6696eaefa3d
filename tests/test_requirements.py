"""requirements*.in name what is used, and requirements*.txt pin all of it with hashes."""

import re
from pathlib import Path

import pytest

from tests.running import ROOT

INPUTS = sorted(ROOT.glob("requirements*.in"))
LOCKS = [path.with_suffix(".txt") for path in INPUTS]
APART = ("requirements-connector.txt", "requirements-clients.txt")
"""Locks of what is installed in folders of their own, with other versions."""
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}( \\)?")


def canonical(name: str) -> str:
    """Return a package's name without extras, as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def pins(path: Path) -> dict[str, set[str]]:
    """Return the versions that a file pins by the package's name; markers choose one of several."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.\[\]-]+)==([^\s;]+)", path.read_text(), re.M):
        found.setdefault(canonical(name), set()).add(version)
    return found


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_everything_is_pinned(path: Path) -> None:
    """Every requirement names its exact version."""
    for line in path.read_text().splitlines():
        if line and not line.startswith(("#", "-r ", "-c ")):
            assert re.fullmatch(r"[\w.\[\]-]+==[\w.]+", line), line


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_the_lock_is_that_of_its_input(path: Path) -> None:
    """Each lock has the versions that its input names: `make requirements` was not forgotten."""
    locked = pins(path.with_suffix(".txt"))
    named = [path, *(ROOT / other for other in re.findall(r"^-r (.+)$", path.read_text(), re.M))]

    for name, versions in {name: each for one in named for name, each in pins(one).items()}.items():
        assert locked[name] == versions, f"{name}: make requirements"


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_package_has_hashes(path: Path) -> None:
    """Each pinned package has hashes, and a lock names no index."""
    text = path.read_text()
    entries = re.findall(r"^([\w.\[\]-]+==.*)\n((?:    --hash.*\n)*)", text, re.M)

    assert len(entries) == len(re.findall(r"^\w", text, re.M)) > 0
    for entry, hashes in entries:
        assert entry.endswith("\\"), entry
        assert hashes, entry
        assert all(HASH.fullmatch(line.strip()) for line in hashes.splitlines()), entry
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_all_locks_agree() -> None:
    """A package of several locks has one version in all of them."""
    development = pins(ROOT / "requirements-bench.txt")

    for path in LOCKS:
        if path.name in APART:
            continue
        for name, versions in pins(path).items():
            assert development[name] == versions, name
