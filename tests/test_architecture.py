"""The rules of the architecture.

Each rule is a function from a module's name and text to its violations, so that tests can show that a wrong
import fails.
"""

import ast
import graphlib
import re
import sys
import tomllib
from collections.abc import Callable, Container, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from engine import __version__
from engine.version import VERSION
from tests.syntax import nodes

ROOT = Path(__file__).parent.parent
PACKAGES = ("providers", "schemas", "engine", "wsgi", "gunicorn.conf")
"""Arrows point down: a package or file imports from those before it, and from itself."""
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
BEFORE_IMPORTS = 'os.environ.get("WORKER_CLASS", "")'
"""What gunicorn.conf.py reads of the environment: gevent patches `ssl` before `engine.config` imports it."""
VALUES = frozenset(
    f"providers._{name}" for name in "assets errors intervals listed models pairs streamed traded".split()
)
"""The modules of `providers` that define values alone."""
IMPURE = frozenset(
    "asyncio datetime gevent http httpx os pathlib requests select shutil socket ssl subprocess tempfile "
    "time urllib.request urllib3".split()
)
"""Modules with a clock, a network or files."""
BROAD = frozenset({"Exception", "BaseException"})
PARSERS = {
    "engine.alerts.keeping.outbox": "columns of the database",
    "engine.alerts.keeping.rules": "columns of the database",
    "engine.alerts.message": "deliveries in the database, whose bodies webhooks get as they are",
    "engine.alerts.subscribing": "messages that were read from Redis or a file",
    "engine.catalogue.snapshot": "a snapshot's file",
    "engine.commands.check._catalogue": "the answer of a running server to a command",
    "engine.history.columns": "columns of the database, as MessagePack",
    "engine.history.jobs": "columns of the database",
    "engine.history.recorder": "findings that wait in memory, packed as MessagePack since many may wait",
    "engine.jobs.kept_bindings": "the state of an earlier start, as MessagePack in the database",
    "engine.store._codec": "typed values in Redis, as MessagePack",
    "engine.streaming.requests": "messages of clients",
    "engine.streaming.saved": "the state of an earlier start, as MessagePack in a file",
    "engine.web.compat.binance.streams._messages": "messages that were read from Redis or a file",
    "engine.web.compat.binance.streams._requests": "messages of clients",
    "engine.web.mcp._messages": "request bodies",
    "engine.web.openapi._examples": "recorded answers in files",
    "engine.web.request_body": "request bodies",
}
"""Each module of `engine` that parses JSON or MessagePack, with what it parses. Providers parse answers."""
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


def is_in(name: str, package: str) -> bool:
    """Return whether a dotted name is a package or within it."""
    return name == package or name.startswith(f"{package}.")


def room(name: str) -> str:
    """Return the room of a module of `engine`, empty for the package itself."""
    return [*name.split("."), ""][1]


def floor(name: str) -> int:
    """Return the floor of a room. `engine/__init__.py` and `engine/__main__.py` are above all rooms."""
    return next((number for number, rooms in enumerate(FLOORS) if room(name) in rooms), len(FLOORS))


def packages_point_down(name: str, text: str) -> Iterator[str]:
    """`wsgi` imports `engine`, which imports `schemas`, which imports `providers`, and none imports tests."""
    own = next(number for number, package in enumerate(PACKAGES) if is_in(name, package))
    above = (*PACKAGES[own + 1 :], "tests", "benchmarks", CLIENT)
    yield from (other for other in imports(text) if any(is_in(other, package) for package in above))


def rooms_point_down(name: str, text: str) -> Iterator[str]:
    """A room of `engine` imports from lower floors, or from its own floor."""
    if name.startswith("engine."):
        for other in imports(text):
            if other.startswith("engine.") and room(other) and floor(other) > floor(name):
                yield other


def flask_is_in_web(name: str, text: str) -> Iterator[str]:
    """Flask and its extensions are imported in `engine/web/` and `engine/__init__.py` only."""
    if name != "engine" and not is_in(name, "engine.web"):
        yield from (other for other in imports(text) if other.split(".")[0] in WEB)


def the_environment_is_read_in_config(name: str, text: str) -> Iterator[str]:
    """The environment is read in `engine/config/` only, except for what must come before its import."""
    if name == "gunicorn.conf":
        text = text.replace(BEFORE_IMPORTS, "", 1)
    if not is_in(name, "engine.config"):
        yield from re.findall(r"os\.environ|getenv|from os import .*environ", text)


def services_are_typed(name: str, text: str) -> Iterator[str]:
    """Modules get shared objects from `Services`, and never by a string."""
    if name not in ("engine", "engine.web.services"):
        yield from re.findall(r"\.extensions\b", text)


def analysis_is_pure(name: str, text: str) -> Iterator[str]:
    """`analysis` imports the values of `providers`, and has no clock, no network and no files."""
    if is_in(name, "engine.analysis"):
        yield from (other for other in members(text) if not _is_pure(other))
        yield from re.findall(r"(?<![\w.])open\(", text)


def _is_pure(member: str) -> bool:
    if is_in(member, "providers"):
        return member in VALUE_NAMES
    ours = any(is_in(member, package) for package in PACKAGES)
    return is_in(member, "engine.analysis") if ours else not any(is_in(member, one) for one in IMPURE)


def members(text: str) -> Iterator[str]:
    """Yield each module that is imported as such, and each member that is imported from one."""
    for node in nodes(text):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


VALUE_NAMES = frozenset(
    f"providers.{member.rpartition('.')[2]}"
    for member in members(MODULES["providers"])
    if member.rpartition(".")[0] in VALUES
)
"""The values that `providers` offers."""


def no_import_is_relative(name: str, text: str) -> Iterator[str]:
    """Every import names its module in full."""
    yield from (other for other in imports(text) if other.startswith("."))


def one_idea_a_module(name: str, text: str) -> Iterator[str]:
    """A module has fewer than two hundred lines and a specific name."""
    if len(text.splitlines()) >= 200:
        yield f"{len(text.splitlines())} lines"
    yield from DRAWERS & set(name.rpartition(".")[2].strip("_").split("_"))


def nothing_is_swallowed_or_made_up(name: str, text: str) -> Iterator[str]:
    """A broad `except` raises again, no `suppress` is broad, and no numbers are random."""
    for node in nodes(text):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or _is_broad(node.type)
            if broad and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                yield "except" if node.type is None else f"except {ast.unparse(node.type)}"
        elif isinstance(node, ast.Call) and _last_name(node.func) == "suppress":
            yield from (f"suppress {ast.unparse(kind)}" for kind in node.args if _is_broad(kind))
    yield from (other for other in imports(text) if other.split(".")[0] in ("faker", "random", "secrets"))


def _last_name(called: ast.expr) -> str:
    """Return the last name of what is called, empty if that is no name."""
    if isinstance(called, ast.Name | ast.Attribute):
        return called.id if isinstance(called, ast.Name) else called.attr
    return ""


def _is_broad(kind: ast.expr) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(ast.unparse(one).rpartition(".")[2] in BROAD for one in kinds)


def nothing_is_unpickled(name: str, text: str) -> Iterator[str]:
    """Bytes from Redis or a file become values by a typed codec, which runs no code."""
    yield from (other for other in imports(text) if other.split(".")[0] in PICKLES)


def listed_modules_parse(name: str, text: str) -> Iterator[str]:
    """JSON and MessagePack are parsed where they come from elsewhere: values stay typed within a worker."""
    if is_in(name, "engine") and name not in PARSERS:
        yield from parsing(text)


def parsing(text: str) -> Iterator[str]:
    """Yield each use of a parser of JSON or MessagePack, such as `orjson.loads`."""
    for member in members(text):
        if PARSER(member):
            yield member
    for node in nodes(text):
        found = isinstance(node, ast.Attribute) and node.attr in PARSE and PARSER(ast.unparse(node))
        if found or (isinstance(node, ast.Call) and _parses_a_body(node.func)):
            yield ast.unparse(node)


def _parses_a_body(called: ast.expr) -> bool:
    """Return whether a call parses the body of an answer or a request."""
    return isinstance(called, ast.Attribute) and called.attr in ("json", "get_json")


ALWAYS, IN_A_MODULE = "loads|raw_decode|Decoder|JSONDecoder", "load|decode|unpack|unpackb"
"""The names of parsers, of which the latter are known by the name of the module before them."""
PARSE = frozenset(f"{ALWAYS}|{IN_A_MODULE}".split("|"))
PARSER = re.compile(rf".+\.(?:{ALWAYS})|(?:.+\.)?(?:json|orjson|msgpack)\.(?:{IN_A_MODULE})").fullmatch


def use_cases_offer_values(name: str, text: str) -> Iterator[str]:
    """A use case that returns a ready `Answer` has a method for the value that it is written from."""
    if is_in(name, "engine.market"):
        for node in nodes(text):
            if isinstance(node, ast.ClassDef):
                offered = {
                    ast.unparse(each.returns)
                    for each in node.body
                    if isinstance(each, ast.FunctionDef) and each.returns and not each.name.startswith("_")
                }
                if "Answer" in offered and not offered & WRITTEN:
                    yield node.name


WRITTEN = frozenset(
    ast.unparse(node.args.args[0].annotation)
    for name, text in MODULES.items()
    if is_in(name, "engine.market")
    for node in ast.parse(text).body
    if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "Answer"
    if node.args.args and node.args.args[0].annotation
)
"""The values that answers are written from: what the functions of `market` take that return an `Answer`."""
SWALLOWED = "try:\n    pass\nexcept {}:\n    pass"
RULES: dict[Rule, tuple[tuple[str, str], ...]] = {
    packages_point_down: (
        ("providers.kraken", "from schemas import OhlcvQuery"),
        ("engine.server", "from tests import running"),
    ),
    rooms_point_down: (("engine.cache.answers", "from engine.market import Market"),),
    flask_is_in_web: (
        ("engine.market.prices", "from flask import current_app"),
        ("engine.webhooks", "from flask import current_app"),
    ),
    the_environment_is_read_in_config: (
        ("engine.web.pages", "import os\nos.environ['HOME']"),
        ("engine.configuration", "import os\nos.getenv('HOME')"),
        ("gunicorn.conf", "import os\nos.environ['HOME']"),
        ("gunicorn.conf", f"import os\n{BEFORE_IMPORTS}\n{BEFORE_IMPORTS}"),
        ("wsgi", f"import os\n{BEFORE_IMPORTS}"),
    ),
    services_are_typed: (("engine.web.pages", "current_app.extensions['market']"),),
    analysis_is_pure: (
        ("engine.analysis.candles", "from engine.config import Settings"),
        ("engine.analysis.candles", "from providers import Http"),
        ("engine.analysis.candles", "from providers import Candle, discover"),
        ("engine.analysis.candles", "import providers"),
        ("engine.analysis.candles", "from time import time"),
        ("engine.analysis.candles", "from urllib import request"),
        ("engine.analysis.candles", "def words():\n    return open('words.txt')"),
    ),
    no_import_is_relative: (("engine.market.prices", "from .quotes import Quotes"),),
    one_idea_a_module: (
        ("engine.store.utils", ""),
        ("engine.store._redis_helpers", ""),
        ("engine.store.memory", "\n" * 200),
    ),
    nothing_is_unpickled: (("engine.store._codec", "def decode():\n    from pickle import loads"),),
    nothing_is_swallowed_or_made_up: (
        *(
            ("engine.store", SWALLOWED.format(kind))
            for kind in ("Exception", "(Exception, KeyError)", "(KeyError, builtins.BaseException)", "")
        ),
        ("engine.store", "with contextlib.suppress(KeyError, Exception):\n    pass"),
        ("engine.store", "from random import random"),
        ("engine.store", "import secrets"),
    ),
    listed_modules_parse: (
        ("engine.market.prices", "import orjson\norjson.loads(answer.body)"),
        ("engine.market.prices", "from json import loads"),
        ("engine.market.prices", "import msgspec\nread = msgspec.json.Decoder(Quote).decode"),
        ("engine.market.prices", "from msgspec.json import decode"),
        ("engine.market.prices", "import msgspec\nmsgspec.msgpack.decode(body)"),
        ("engine.web.mcp._calling", "response.get_json()"),
    ),
    use_cases_offer_values: (
        ("engine.market.prices", "class Prices:\n    def serve(self) -> Answer: ..."),
        (
            "engine.market.prices",
            "class Prices:\n    def serve(self) -> Answer: ...\n    def _list(self) -> PriceList: ...",
        ),
    ),
}
"""Each rule with modules that break it."""
SAMPLES = [(rule, *sample) for rule, samples in RULES.items() for sample in samples]


def named(rule: Rule) -> str:
    """Return a rule's name for the ids of tests."""
    return rule.__name__


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_every_module_keeps_the_rules(rule: Rule) -> None:
    """The rules hold for all of `engine`, `schemas`, `providers`, wsgi.py and gunicorn.conf.py."""
    assert {name: broken for name, text in MODULES.items() if (broken := list(rule(name, text)))} == {}


@pytest.mark.parametrize(("rule", "name", "text"), SAMPLES)
def test_a_module_that_breaks_a_rule_is_found(rule: Rule, name: str, text: str) -> None:
    """Each sample fails its rule."""
    assert list(rule(name, text))


def test_every_listed_module_parses() -> None:
    """The list of modules that parse is complete and has no others."""
    assert {name for name, text in MODULES.items() if is_in(name, "engine") and [*parsing(text)]} == {
        *PARSERS
    }


def test_every_room_has_its_floor() -> None:
    """Each room of `engine` is on one floor."""
    rooms = [each for floor in FLOORS for each in floor]

    assert len(rooms) == len({*rooms})
    assert {*rooms} == {room(name) for name in MODULES if is_in(name, "engine")} - {"", "__main__"}


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


def strangers(folders: Iterable[str], packages: Container[str]) -> list[str]:
    """Return the folders of tests that are no package of the engine."""
    return [folder for folder in folders if folder not in packages]


def test_folders_of_tests_mirror_the_packages() -> None:
    """Every folder of tests of the engine has the name of a package."""
    found = {f"{path.parent.relative_to(ROOT / 'tests')}" for path in (ROOT / "tests/engine").rglob("*.py")}
    packages = {f"{path.parent.relative_to(ROOT)}" for path in (ROOT / "engine").rglob("*.py")}

    assert strangers(found, packages) == []
    assert {"engine", *(f"engine/{room}" for room in ("cache", "market", "web"))} <= found
    assert strangers(["engine/web", "engine/webhooks"], packages) == ["engine/webhooks"]


def test_the_release_is_one() -> None:
    """The package, the server, the image and the changelog have the same version, which has a date."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == VERSION == __version__
    assert f"\nARG VERSION={VERSION}\n" in (ROOT / "Dockerfile").read_text()
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## \[{re.escape(VERSION)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.M)
    assert changelog.index("## [Unreleased]") < changelog.index(f"## [{VERSION}]")
