"""`make packages`: what is in the packages, and nothing else."""

import io
import json
import re
import tarfile
import zipfile
from pathlib import Path

import pytest

from engine.version import VERSION
from tests.clients.packages import TYPESCRIPT
from tests.running import ROOT

pytestmark = pytest.mark.servers

PYTHON = ROOT / "clients/python"
NAME = "crypto_data_engine_client"


def modules() -> set[str]:
    """Return the files of the Python client."""
    return {file.name for file in (PYTHON / "src" / NAME).iterdir() if file.is_file()}


def test_the_wheel_has_the_typed_modules(packed: Path) -> None:
    """A wheel has the modules, the mark of types and the licence, and needs httpx alone."""
    info = f"{NAME}-{VERSION}.dist-info"
    with zipfile.ZipFile(packed / f"{NAME}-{VERSION}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
        metadata = wheel.read(f"{info}/METADATA").decode()
    about = {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}

    assert names == {f"{NAME}/{name}" for name in modules()} | about
    assert f"{NAME}/py.typed" in names
    assert re.findall("^Requires-Dist: ([^;\n]*)$", metadata, re.M) == ["httpx>=0.27,<1"]
    assert f"Version: {VERSION}\n" in metadata
    assert "## Long histories" in metadata


def test_the_source_package_has_what_the_wheel_is_made_of(packed: Path) -> None:
    """A source package has the modules, how they are packed, the README and the licence."""
    with tarfile.open(packed / f"{NAME}-{VERSION}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    about = {"LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    assert names == {f"src/{NAME}/{name}" for name in modules()} | about
    assert (PYTHON / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_the_package_of_npm_has_what_is_compiled(packed: Path) -> None:
    """An npm package has the compiled modules, their types, the README and the licence, and needs nothing."""
    with tarfile.open(packed / f"crypto-data-engine-client-{VERSION}.tgz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        package = json.load(archive.extractfile("package/package.json") or io.BytesIO())
    sources = [file.stem for file in (TYPESCRIPT / "src").iterdir()]

    compiled = {f"dist/{name}{end}" for name in sources for end in (".js", ".d.ts")}
    assert names == compiled | {"package.json", "README.md", "LICENSE"}
    assert not {"dependencies", "peerDependencies"} & package.keys()
    assert (TYPESCRIPT / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_no_lock_names_a_registry() -> None:
    """Packages come from the registry that is configured where they are installed."""
    assert "resolved" not in (TYPESCRIPT / "package-lock.json").read_text()


def test_the_version_is_that_of_the_engine() -> None:
    """The clients have the version of the engine, wherever they say it."""
    said = (PYTHON / "src" / NAME / "_version.py").read_text() + (PYTHON / "pyproject.toml").read_text()

    assert re.findall('version(?:__)? = "(.*)"', said) == [VERSION, VERSION]
    for file in ("package.json", "package-lock.json"):
        assert json.loads((TYPESCRIPT / file).read_text())["version"] == VERSION
    assert f"crypto-data-engine-client-{VERSION}.tgz" in (TYPESCRIPT / "README.md").read_text()
    assert f"crypto-data-engine-client-{VERSION}.tgz" in (ROOT / "docs/clients.md").read_text()
    assert f"{NAME}-{VERSION}-" in (PYTHON / "README.md").read_text()
    assert f"{NAME}-{VERSION}-" in (ROOT / "docs/clients.md").read_text()
