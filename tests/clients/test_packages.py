"""`make packages`: what is in the packages, and nothing else."""

import re
import tarfile
import zipfile
from pathlib import Path

import pytest

from engine.version import VERSION
from tests.clients.packages import run
from tests.running import ROOT

PYTHON = ROOT / "clients/python"
NAME = "crypto_data_engine_client"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what `make packages` makes."""
    folder = tmp_path_factory.mktemp("dist")
    run("make", "packages", f"DIST={folder}")
    return folder


def modules() -> set[str]:
    """Return the files of the Python client."""
    return {file.name for file in (PYTHON / "src" / NAME).iterdir() if file.is_file()}


def test_the_wheel_has_the_typed_modules(dist: Path) -> None:
    """A wheel has the modules, the mark of types and the licence, and needs httpx alone."""
    info = f"{NAME}-{VERSION}.dist-info"
    with zipfile.ZipFile(dist / f"{NAME}-{VERSION}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
        metadata = wheel.read(f"{info}/METADATA").decode()
    about = {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}

    assert names == {f"{NAME}/{name}" for name in modules()} | about
    assert f"{NAME}/py.typed" in names
    assert re.findall("^Requires-Dist: ([^;\n]*)$", metadata, re.M) == ["httpx>=0.27,<1"]
    assert f"Version: {VERSION}\n" in metadata
    assert "## Long histories" in metadata


def test_the_source_package_has_what_the_wheel_is_made_of(dist: Path) -> None:
    """A source package has the modules, how they are packed, the README and the licence."""
    with tarfile.open(dist / f"{NAME}-{VERSION}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    about = {"LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    assert names == {f"src/{NAME}/{name}" for name in modules()} | about
    assert (PYTHON / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_the_version_is_that_of_the_engine() -> None:
    """The clients have the version of the engine, wherever they say it."""
    said = (PYTHON / "src" / NAME / "_version.py").read_text() + (PYTHON / "pyproject.toml").read_text()

    assert re.findall('version(?:__)? = "(.*)"', said) == [VERSION, VERSION]
    assert f"{NAME}-{VERSION}-" in (PYTHON / "README.md").read_text()
    assert f"{NAME}-{VERSION}-" in (ROOT / "docs/clients.md").read_text()
