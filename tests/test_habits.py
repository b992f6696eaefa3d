"""Checks of the code cover all of it, with pinned tools."""

import configparser
import re
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
RULES = dict(re.findall(r"^([a-z-]+):(?:[^\n#]*)## (.+)$", MAKEFILE, re.M))
FILES = (".", "--force-exclude")
"""What make gives ruff for its files, and what pre-commit does, which names each file."""
BIN = ROOT / ".venv" / "bin"


def hooks() -> list[dict[str, Any]]:
    """Return the hooks of pre-commit."""
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local", "nothing is fetched for a commit"
    found: list[dict[str, Any]] = repository["hooks"]
    return found


def pinned() -> set[str]:
    """Return the names of the pinned packages for development."""
    return set(re.findall(r"^([\w-]+)==", (ROOT / "requirements-dev.in").read_text(), re.M))


def commands(lines: Iterable[str]) -> set[tuple[str, ...]]:
    """Return tools with their subcommands and options, without the files that they look at."""
    return {tuple(word for word in line.split() if word not in FILES) for line in lines}


def test_help_lists_every_target() -> None:
    """`make help` lists every target with its description."""
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = dict(re.findall(r"^make ([a-z-]+) +(.+)$", shown, re.M))
    phony = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.M)[0].split()

    assert listed == RULES
    assert set(listed) == set(phony) == set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))


def test_hooks_hold_what_lint_holds() -> None:
    """The hooks of pre-commit run the commands of `make lint`, whose tools are pinned."""
    lint = MAKEFILE.partition("\nlint:")[2].partition("\n\n")[0]
    held = commands(re.findall(r"\$\(BIN\)/(.+)", lint))
    entries = [hook["entry"] for hook in hooks()]
    used = commands(entry.removeprefix(".venv/bin/") for entry in entries)

    assert all(entry.startswith(".venv/bin/") for entry in entries)
    assert used == held
    assert ("ruff", "check") in used
    assert ("ruff", "format", "--check") in used
    assert {command[0] for command in used} | {"pre-commit"} <= pinned()
    assert {hook["language"] for hook in hooks()} == {"system"}


@pytest.mark.skipif(not (BIN / "codespell").exists(), reason="not installed by `make test`")
def test_nothing_is_misspelt(tmp_path: Path) -> None:
    """The project has no misspelt word, and a misspelt one is found."""
    clean = subprocess.run([BIN / "codespell"], cwd=ROOT, capture_output=True, text=True, check=False)
    wrong = tmp_path / "wrong.md"
    wrong.write_text("This is teh proof.\n")  # codespell:ignore
    found = subprocess.run(
        [BIN / "codespell", "--toml", ROOT / "pyproject.toml", wrong], capture_output=True, check=False
    )

    assert (clean.returncode, clean.stdout) == (0, "")
    assert found.returncode != 0


def test_editors_use_the_line_length_of_ruff() -> None:
    """The editors' line length and indentation are those of ruff."""
    editor = configparser.ConfigParser()
    editor.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]

    assert int(editor["*.py"]["max_line_length"]) == ruff["line-length"]
    assert editor["*"]["indent_size"] == "4"
    assert ruff["respect-gitignore"] is False
