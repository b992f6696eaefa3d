"""What docs/architecture.md names is there: each path, and each name in the file that it is said to be in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import ROOT

LINES = [line for line in (ROOT / "docs/architecture.md").read_text().splitlines() if "`" in line]
"""A row of the table is a line, and so is a step of a list."""
NAMED = re.compile(r"`([\w.]+)` in `([^`]+)`(?: and `([^`]+)`)?")
IS_PATH = re.compile(r"[\w<*-][^` ]*/[^` ]*|[\w*-]+\.(?:csv|js|md|py)").fullmatch


def paths(line: str) -> Iterator[tuple[str, list[Path]]]:
    """Yield each path of a line with the files and folders that it means.

    `<name>` stands for any one. A file without a folder is beside another one of the line.
    """
    folders = [ROOT]
    for said in re.findall(r"`([^`]+)`", line):
        if IS_PATH(said):
            pattern = re.sub(r"<\w+>", "*", said)
            within = [ROOT] if "/" in said else folders
            found = [path for folder in within for path in folder.glob(pattern)]
            folders += [path if path.is_dir() else path.parent for path in found]
            yield said, found


def definitions(file: Path) -> Iterator[str]:
    """Yield the names that a module defines, those of members after a dot; of a folder, all modules."""
    if file.is_dir():
        for module in file.glob("*.py"):
            yield from definitions(module)
    elif file.suffix == ".py":
        tree = ast.parse(file.read_text())
        yield from _names(tree.body)
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield from (f"{node.name}.{name}" for name in _names(node.body))


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def absent(line: str) -> list[str]:
    """Return the paths of a line that do not exist, and the names that their file lacks."""
    known = dict(paths(line))
    gone = [said for said, found in known.items() if not found]
    for name, *files in NAMED.findall(line):
        for said in filter(None, files):
            found = {each for file in known.get(said, ()) for each in definitions(file)}
            if not found & {name, f"Settings.{name.lower()}"}:  # a setting is named as its variable
                gone.append(f"{name} in {said}")
    return gone


def test_what_is_named_is_there() -> None:
    """Each path exists, and each name is defined in the file that is said to have it."""
    assert {line: gone for line in LINES if (gone := absent(line))} == {}
    assert sum(len([*paths(line)]) for line in LINES) > 120
    assert sum(len(NAMED.findall(line)) for line in LINES) > 25


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("| the rule | `engine/analysis/consent.py` |", ["engine/analysis/consent.py"]),
        ("| a provider | `provider/<name>.py` |", ["provider/<name>.py"]),
        ("| a job | `engine/jobs/loop.py`, `leases.py` |", ["leases.py"]),
        ("| a folder | `engine/upstream/stream/` |", ["engine/upstream/stream/"]),
        (
            "1. `ReadyAnswers.looks` in `engine/cache/ready.py`",
            ["ReadyAnswers.looks in engine/cache/ready.py"],
        ),
        ("| a tier | `unusual` in `engine/config/tiers.py` |", ["unusual in engine/config/tiers.py"]),
        (
            "| columns | `ANSWER_SHARED` in `engine/cache/answers.py` and `engine/cache/ready.py` |",
            ["ANSWER_SHARED in engine/cache/ready.py"],
        ),
        (
            "| the lifetime | `lifetimes` in `engine/market/candles/` |",
            ["lifetimes in engine/market/candles/"],
        ),
        (
            "| a setting | `CACHE_TTL_CANDLES` in `engine/config/settings.py` |",
            ["CACHE_TTL_CANDLES in engine/config/settings.py"],
        ),
    ],
)
def test_what_is_gone_is_found(line: str, gone: list[str]) -> None:
    """A path or a name that no longer exists is found."""
    assert absent(line) == gone
