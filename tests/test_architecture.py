"""The rules of the architecture.

Each rule is a function from a module's name and text to its violations, so that tests can show that a wrong
import fails.
"""

import ast
import graphlib
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from engine import __version__
from engine.version import VERSION

ROOT = Path(__file__).parent.parent
PACKAGES = ("providers", "schemas", "engine", "wsgi")
"""Arrows point down: a package imports from those before it, and from itself."""
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"analysis", "concurrency", "errors", "importing", "libraries", "timestamps", "version"}),
    frozenset({"config", "store", "telemetry"}),
    frozenset({"cache", "catalogue", "history", "upstream"}),
    *(frozenset({one}) for one in ("market", "streaming", "alerts", "jobs", "commands", "web", "server")),
)
"""The rooms of `engine`, the lowest first. A room imports from lower floors, and from its own."""
WEB = frozenset({"flask", "flask_caching", "flask_cors", "flask_limiter", "flasgger", "werkzeug"})
PICKLES = frozenset(
    {"pickle", "_pickle", "cPickle", "pickletools", "marshal", "shelve", "dill", "cloudpickle"}
)
CLIENT = "crypto_data_engine_client"
"""The engine's own client for Python, which calls it over HTTP alone."""
OF_CLIENT = frozenset({CLIENT, "httpx", "pandas", "polars"})
"""What the client imports beside Python's own library."""
DRAWERS = frozenset({"common", "helpers", "manager", "misc", "utils"})
Rule = Callable[[str, str], Iterator[str]]


def name_of(path: Path) -> str:
    """Return a module's dotted name; a package's is that of its `__init__.py`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    name_of(path): path.read_text()
    for package in PACKAGES
    for path in sorted((*ROOT.glob(f"{package}.py"), *(ROOT / package).rglob("*.py")))
}


@cache
def nodes(text: str) -> tuple[ast.AST, ...]:
    """Return every node of a module's tree."""
    return tuple(ast.walk(ast.parse(text)))


@cache
def imports(text: str) -> tuple[str, ...]:
    """Yield every dotted name that a module imports, including imports in functions."""
    return tuple(_imports(text))


def _imports(text: str) -> Iterator[str]:
    for node in nodes(text):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    """Return the room of a module of `engine`, empty for the package itself."""
    return [*name.split("."), ""][1]


def floor(name: str) -> int:
    """Return the floor of a room. `engine/__init__.py` and `engine/__main__.py` are above all rooms."""
    return next((number for number, rooms in enumerate(FLOORS) if room(name) in rooms), len(FLOORS))


def packages_point_down(name: str, text: str) -> Iterator[str]:
    """`wsgi` imports `engine`, which imports `schemas`, which imports `providers`, and none imports tests."""
    own = PACKAGES.index(name.split(".")[0])
    above = {*PACKAGES[own + 1 :], "tests", "benchmarks", CLIENT}
    yield from (other for other in imports(text) if other.split(".")[0] in above)


def rooms_point_down(name: str, text: str) -> Iterator[str]:
    """A room of `engine` imports from lower floors, or from its own floor."""
    if name.startswith("engine."):
        for other in imports(text):
            if other.startswith("engine.") and room(other) and floor(other) > floor(name):
                yield other


def flask_is_in_web(name: str, text: str) -> Iterator[str]:
    """Flask and its extensions are imported in `engine/web/` and `engine/__init__.py` only."""
    if name != "engine" and not name.startswith("engine.web"):
        yield from (other for other in imports(text) if other.split(".")[0] in WEB)


def the_environment_is_read_in_config(name: str, text: str) -> Iterator[str]:
    """The environment is read in `engine/config/` only."""
    if not name.startswith("engine.config"):
        yield from re.findall(r"os\.environ|getenv|from os import .*environ", text)


def services_are_typed(name: str, text: str) -> Iterator[str]:
    """Modules get shared objects from `Services`, and never by a string."""
    if name not in ("engine", "engine.web.services"):
        yield from re.findall(r"\.extensions\b", text)


def analysis_is_pure(name: str, text: str) -> Iterator[str]:
    """`analysis` imports the values of `providers` and nothing else of the project."""
    if name.startswith("engine.analysis"):
        ours = (other for other in imports(text) if other.split(".")[0] in PACKAGES)
        yield from (other for other in ours if not other.startswith(("providers", "engine.analysis")))


def no_import_is_relative(name: str, text: str) -> Iterator[str]:
    """Every import names its module in full."""
    yield from (other for other in imports(text) if other.startswith("."))


def one_idea_a_module(name: str, text: str) -> Iterator[str]:
    """A module has fewer than two hundred lines and a specific name."""
    if len(text.splitlines()) >= 200:
        yield f"{len(text.splitlines())} lines"
    yield from DRAWERS & set(name.rpartition(".")[2].strip("_").split("_"))


def nothing_is_swallowed_or_made_up(name: str, text: str) -> Iterator[str]:
    """A broad `except` raises again or logs, and no numbers are random."""
    for node in nodes(text):
        if isinstance(node, ast.ExceptHandler):
            kind = "everything" if node.type is None else ast.unparse(node.type)
            broad = kind in ("everything", "Exception", "BaseException")
            if broad and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                yield f"except {kind}"
    yield from (other for other in imports(text) if other.split(".")[0] in ("faker", "random", "secrets"))


def nothing_is_unpickled(name: str, text: str) -> Iterator[str]:
    """Bytes from Redis or a file become values by a typed codec, which runs no code."""
    yield from (other for other in imports(text) if other.split(".")[0] in PICKLES)


RULES: dict[Rule, tuple[str, str]] = {
    packages_point_down: ("providers.kraken", "from schemas import OhlcvQuery"),
    rooms_point_down: ("engine.cache.answers", "from engine.market import Market"),
    flask_is_in_web: ("engine.market.prices", "from flask import current_app"),
    the_environment_is_read_in_config: ("engine.web.pages", "import os\nos.environ['HOME']"),
    services_are_typed: ("engine.web.pages", "current_app.extensions['market']"),
    analysis_is_pure: ("engine.analysis.candles", "from engine.config import Settings"),
    no_import_is_relative: ("engine.market.prices", "from .quotes import Quotes"),
    one_idea_a_module: ("engine.store.utils", ""),
    nothing_is_unpickled: ("engine.store._codec", "def decode():\n    from pickle import loads"),
    nothing_is_swallowed_or_made_up: ("engine.store", "try:\n    pass\nexcept Exception:\n    pass"),
}
"""Each rule with a module that breaks it."""


def named(rule: Rule) -> str:
    """Return a rule's name for the ids of tests."""
    return rule.__name__


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_every_module_keeps_the_rules(rule: Rule) -> None:
    """The rules hold for all of `engine`, `schemas` and `providers`."""
    assert {name: broken for name, text in MODULES.items() if (broken := list(rule(name, text)))} == {}


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_module_that_breaks_a_rule_is_found(rule: Rule) -> None:
    """A wrong import fails its rule."""
    assert list(rule(*RULES[rule]))


def test_the_client_stands_alone() -> None:
    """The client imports nothing of the engine, and its modules have one idea each."""
    for file in (ROOT / "clients/python/src" / CLIENT).glob("*.py"):
        text = file.read_text()
        used = {name.split(".")[0] for name in imports(text)}

        assert used <= OF_CLIENT | sys.stdlib_module_names, file
        assert list(one_idea_a_module(file.stem, text)) == []


def test_no_two_modules_import_each_other() -> None:
    """No modules import each other: all can be read in an order, each before those that import it."""
    graphlib.TopologicalSorter(graph(MODULES)).prepare()


def test_no_two_rooms_import_each_other() -> None:
    """Rooms of one floor have an order as well."""
    graphlib.TopologicalSorter(room_graph(graph(MODULES))).prepare()


def test_a_circle_of_rooms_is_found() -> None:
    """Two rooms that import each other fail, whichever of their modules do so."""
    circle = {"engine.store.a": {"engine.config.b"}, "engine.config.c": {"engine.store.d"}}

    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(room_graph(circle)).prepare()


def room_graph(modules: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return the rooms of `engine` that each room imports."""
    rooms: dict[str, set[str]] = {}
    for name, others in modules.items():
        if name.startswith("engine.") and (own := room(name)):
            found = {room(other) for other in others if other.startswith("engine.")}
            rooms.setdefault(own, set()).update(found - {own, ""})
    return rooms


def test_a_circle_is_found() -> None:
    """Two modules that import each other fail."""
    circle = {"engine.a": "from engine.b import x", "engine.b": "from engine.a import y"}

    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(graph(circle)).prepare()


def graph(modules: dict[str, str]) -> dict[str, set[str]]:
    """Return the modules that each module imports. `from a import b` is `a.b` if that is a module."""
    return {
        name: {
            other
            for other in imports(text)
            if other in modules
            and other != name
            and not any(f"{other}.{member}" in modules for member in _members(text, other))
        }
        for name, text in modules.items()
    }


def _members(text: str, module: str) -> list[str]:
    """Return the names that a module imports from another one."""
    return [
        alias.name
        for node in nodes(text)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    ]


def test_the_release_is_one() -> None:
    """The package, the server, the image and the changelog have the same version, which has a date."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == VERSION == __version__
    assert f"\nARG VERSION={VERSION}\n" in (ROOT / "Dockerfile").read_text()
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## \[{re.escape(VERSION)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.M)
    assert changelog.index("## [Unreleased]") < changelog.index(f"## [{VERSION}]")
