"""The shape of the project, held by tests instead of good intentions."""

import ast
import tomllib
from pathlib import Path

import pytest

from engine.version import VERSION

ROOT = Path(__file__).parent.parent
ROOMS = {"providers": 0, "schemas": 1, "engine": 2, "wsgi": 3}
"""Arrows point down: a room may import from the ones with a lower number, and from itself."""
MODULES = sorted(path for room in ROOMS for path in (*ROOT.glob(f"{room}.py"), *(ROOT / room).rglob("*.py")))
WEB = {"flask", "werkzeug", "marshmallow", "flask_caching", "flask_limiter", "flask_cors"}


def named(path: Path) -> str:
    """A module as it is shown in a test's name."""
    return str(path.relative_to(ROOT))


def imported(path: Path) -> set[str]:
    """The packages that a module imports from."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)} imports relatively"
            found.add(str(node.module).split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_arrows_point_down_only(path: Path) -> None:
    """wsgi.py to engine to schemas to providers, and never to the tests."""
    own = ROOMS[path.relative_to(ROOT).parts[0].removesuffix(".py")]
    above = {room for room, level in ROOMS.items() if level > own} | {"tests", "benchmarks"}

    assert not imported(path) & above


@pytest.mark.parametrize("path", sorted((ROOT / "providers").glob("*.py")), ids=named)
def test_providers_know_nothing_of_the_web(path: Path) -> None:
    """No framework, no cache, no client's format."""
    assert not imported(path) & WEB


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_one_idea_a_module(path: Path) -> None:
    """Under two hundred lines; no drawer for odds and ends."""
    assert len(path.read_text().splitlines()) < 200
    assert not {"utils", "helpers", "manager", "common", "misc"} & set(path.stem.strip("_").split("_"))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    """Only the settings look at it."""
    text = path.read_text()

    assert named(path) == "engine/config/settings.py" or ("os.environ" not in text and "getenv" not in text)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_is_swallowed_or_made_up(path: Path) -> None:
    """No broad `except`, no random numbers."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None
            broad = {"Exception", "BaseException"} & {ast.unparse(node.type)}
            assert not broad or any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    assert not imported(path) & {"random", "secrets", "faker"}


def test_the_release_is_one() -> None:
    """The package and the server say the same version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == VERSION
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text()


def test_everything_is_pinned() -> None:
    """Every requirement names its exact version."""
    for file in ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
        for line in (ROOT / file).read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert "==" in line, line
