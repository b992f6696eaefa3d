"""What a reader is told to type works, and what is linked is there: README.md and everything under docs/.

docs/deploy.md has tests of its own under tests/deployment, CONTRIBUTING.md in test_contributing.py.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import ROOT, Engine

TOLD = [ROOT / "README.md", *(ROOT / "docs" / name for name in ("api.md", "clients.md", "operation.md"))]
LINKED = [*TOLD, ROOT / "docs/deploy.md", ROOT / "CONTRIBUTING.md"]


def commands(document: Path) -> list[str]:
    """Every line of its shell blocks, without what is said about it."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)
    return [line.partition(" # ")[0].strip() for block in blocks for line in block.splitlines() if line]


COMMANDS = [command for document in TOLD for command in commands(document)]


@pytest.fixture(scope="module")
def demo() -> Iterator[Engine]:
    """What `make demo` starts, which serves the data of stand-ins."""
    with Engine({"LOG_LEVEL": "ERROR"}, command=("make", "demo")) as engine:
        yield engine


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("curl ")])
def test_every_request_is_answered(demo: Engine, command: str) -> None:
    """With JSON, as the reader would ask: also for those that show a failure."""
    ours = command.replace("localhost:8000", f"localhost:{demo.port}")
    told = subprocess.run(
        ["bash", "-c", f"{ours} --silent --show-error"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith('{"success":') or "/api/health" in command, told.stdout


def test_every_other_command_is_known() -> None:
    """It is a target of the Makefile, it says where something is, or it belongs to Docker."""
    others = [command for command in COMMANDS if not command.startswith("curl ")]

    for command in others:
        words = shlex.split(command)
        if words[0] == "make":
            assert (
                subprocess.run(
                    ["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, check=False
                ).returncode
                == 0
            )
        else:
            assert words[0] == "docker" or re.fullmatch(r"[A-Z_]+=http://localhost:8000\S*", words[0]), (
                command
            )
    assert {"make run", "make demo", "make check", "make test"} <= set(others)


@pytest.mark.parametrize("document", LINKED, ids=lambda path: path.name)
def test_every_target_that_is_named_exists(document: Path) -> None:
    """Anywhere in the text."""
    for target in set(re.findall(r"`make ([a-z]+)", document.read_text())):
        told = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False)
        assert told.returncode == 0, target


@pytest.mark.parametrize("document", LINKED, ids=lambda path: path.name)
def test_what_is_linked_is_there(document: Path) -> None:
    """Files, pictures and headings."""
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        there = document.parent / file if file else document
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target


def headings(document: Path) -> set[str]:
    """What can be linked in a document."""
    titles = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}
