"""Which tests need servers, which come first, and which run without the tracer of coverage."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVERS = frozenset(
    (
        "subprocess",
        "template",
        "Engine",
        "StandIn",
        "RedisServer",
        "PostgresServer",
        "Nginx",
        "Browser",
        "Image",
    )
)
"""What a test names that starts a server, a browser or a command."""
QUICK = "not servers"
"""The tests that `make quick` selects."""
UNTRACED = pytest.StashKey[bool]()
"""Whether it is a third case of a test of whole requests, which passes through the lines of the first two.

So is a test of a server, which runs in another process.
"""
WHOLE_REQUESTS = ("tests/end_to_end/", "tests/engine/web/", "tests/providers/test_odd_rows.py")
SERVED = "tests/engine/web/"
"""The tests whose fixture `engine` is a server, and whose `make` makes applications of this process."""
LONGEST = (
    "tests/deployment/test_dockerfile.py",
    "tests/clients/test_generated.py",
    "tests/clients/test_typescript.py",
    "tests/documentation/test_running.py",
    "tests/load/",
    "tests/engine/web/pages/test_trouble.py",
    "tests/end_to_end/test_chaos.py",
    "tests/end_to_end/test_resilience.py",
    "tests/end_to_end/test_names.py",
    "tests/engine/jobs/filling/test_kills.py",
    "tests/engine/catalogue/test_building.py",
)
"""Tests of which some take half a minute."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a module out of `make quick` before its import, if a name in it would mark all of its tests."""
    if config.getoption("markexpr") != QUICK or not collection_path.match("test_*.py"):
        return None
    return imports_a_server(collection_path.read_text()) or None


def imports_a_server(text: str) -> bool:
    """Return whether a module imports one of `SERVERS`, so that all of its tests are marked."""
    if not any(name in text for name in SERVERS):
        return False
    imports = (node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom))
    names = (alias.asname or alias.name.partition(".")[0] for node in imports for alias in node.names)
    return not SERVERS.isdisjoint(names)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need servers, so that `make quick` needs no list of them; the longest come first.

    A process that is ready early takes tests from the others, but never a part of one. The order is the same
    in all of them.
    """
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST), item.nodeid.partition("::")[0]))
    cases: Counter[str] = Counter()
    with_servers: dict[str, bool] = {}
    for item in items:
        name = item.nodeid.partition("[")[0]
        cases[name] += 1
        item.stash[UNTRACED] = cases[name] > 2 and name.startswith(WHOLE_REQUESTS)
        if isinstance(item, pytest.Function):
            item.stash[UNTRACED] |= name.startswith(SERVED) and _asks_a_server_alone(item)
            if name not in with_servers:
                with_servers[name] = not SERVERS.isdisjoint(_names(item))
            if with_servers[name]:
                item.add_marker("servers")


def _asks_a_server_alone(item: pytest.Function) -> bool:
    return "engine" in item.fixturenames and "make" not in item.fixturenames


def _names(item: pytest.Function) -> Iterator[str]:
    """Return the names that a test's module has and its fixtures mention."""
    yield from vars(item.module)
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for definition in definitions:
            yield from definition.func.__code__.co_names
