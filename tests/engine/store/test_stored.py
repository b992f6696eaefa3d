"""Every type that is read from Redis is among `STORED`, by which the format of values is held."""

import ast
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engine.store.stored import STORED
from tests.syntax import nodes

ROOT = Path(__file__).parents[3]
METHODS = frozenset({"get", "find", "get_many", "aged", "update_copies"})
"""What reads values of the type that is its second argument, or those of the types in its first one."""
STORES = frozenset({"store", "_store"})
"""How a `Store` is called wherever it is passed or kept."""
INDIRECT = {
    "engine.cache.host_times": ["kind"],  # callers of `aged` name it
    "engine.cache.cached_entries": ["kind"],  # a type of `CONTENTS`, which is in STORED
    "engine.market.status": ["kinds"],  # those of `Upstream.kinds`: open states and statistics
    "engine.store._shared": ["kind", "kind"],  # callers of `Store` name it
    "engine.telemetry.event_log": ["{COUNT: int, **events}"],  # `int` and `KINDS`
}
"""Where a type is read that another place names, by module."""
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text()
    for path in sorted((ROOT / "engine").rglob("*.py"))
}


def reads(text: str) -> Iterator[ast.expr]:
    """Yield what a module names as the type of values from Redis."""
    for node in nodes(text):
        if isinstance(node, ast.Call) and (kind := _kind(node)) is not None:
            yield from (kind.body, kind.orelse) if isinstance(kind, ast.IfExp) else (kind,)


def _kind(call: ast.Call) -> ast.expr | None:
    """Return the expression for the type of the values that a call reads, `None` if it reads none."""
    if isinstance(call.func, ast.Name):
        return call.args[1] if call.func.id == "decode" else None
    if not isinstance(call.func, ast.Attribute) or (method := call.func.attr) not in METHODS:
        return None
    if method != "aged" and ast.unparse(call.func.value).rpartition(".")[2] not in STORES:
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return [*call.args, *named.values()][0 if method == "update_copies" else 1]


def missing(text: str, names: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the types that `STORED` lacks, and those that are named elsewhere."""
    lacking, indirect = [], []
    for kind in reads(text):
        said = ast.unparse(kind)
        try:
            found = eval(said, dict(names))
        except NameError:
            indirect.append(said)
        else:
            lacking += [] if found in STORED else [said]
    return lacking, indirect


def test_no_type_is_forgotten() -> None:
    """Whatever a module reads from the store is in STORED, or named by another module that is listed."""
    found = {
        name: missing(text, vars(importlib.import_module(name)))
        for name, text in MODULES.items()
        if any(reads(text))
    }

    assert {name: lacking for name, (lacking, _) in found.items() if lacking} == {}
    assert {name: indirect for name, (_, indirect) in found.items() if indirect} == INDIRECT
    assert len(found) > 10


@pytest.mark.parametrize(
    ("text", "lacks", "elsewhere"),
    [
        ("self._store.get(key, complex)", ["complex"], []),
        ("store.find(key, complex, sound)", ["complex"], []),
        ("store.get(key, kind=complex)", ["complex"], []),
        ("self._store.get_many(keys, complex)", ["complex"], []),
        ("self._times.aged(key, complex, 60)", ["complex"], []),
        ("self._store.get(key, float if key else complex)", ["complex"], []),
        ("decode(data, complex)", ["complex"], []),
        ("self._store.get(key, kind)", [], ["kind"]),
        ("self._store.update_copies({'a': kind})", [], ["{'a': kind}"]),
        ("self._store.get(key, str)\nrow.get('name', '')", [], []),
    ],
)
def test_a_forgotten_type_is_found(text: str, lacks: list[str], elsewhere: list[str]) -> None:
    """A type that STORED lacks is found by each way to read it."""
    assert missing(text, {}) == (lacks, elsewhere)


def test_a_store_is_called_a_store() -> None:
    """Parameters and attributes with a `Store` have its name, by which the types are found."""
    found = {(name, said) for name, text in MODULES.items() for node in nodes(text) for said in _called(node)}

    assert {said for _, said in found} == STORES, found
    assert [*_called(ast.parse("def f(kept: Store) -> None: ...").body[0].args.args[0])] == ["kept"]  # type: ignore[attr-defined]
    assert [*_called(ast.parse("self._kept = store").body[0])] == ["_kept"]


def _called(node: ast.AST) -> Iterator[str]:
    """Yield the name of a parameter or attribute with a store."""
    if isinstance(node, ast.arg) and _is_store(node.annotation):
        yield node.arg
    elif isinstance(node, ast.AnnAssign) and _is_store(node.annotation):
        yield ast.unparse(node.target).rpartition(".")[2]
    elif isinstance(node, ast.Assign) and ast.unparse(node.value).rpartition(".")[2] in STORES:
        yield from (ast.unparse(target).rpartition(".")[2] for target in node.targets)


def _is_store(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "Store"
