"""Commands in README.md and docs/ work, and links lead to existing files and headings.

tests/deployment has the tests of docs/deploy.md, and test_contributing.py those of CONTRIBUTING.md.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import ROOT, Engine

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TYPED = [document for document in DOCUMENTS if document.name != "deploy.md"]
LINKED = [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]


def commands(document: Path) -> list[str]:
    """Return every line of a document's shell blocks, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)
    return [line.partition(" # ")[0].strip() for block in blocks for line in block.splitlines() if line]


COMMANDS = [command for document in TYPED for command in commands(document)]


@pytest.fixture(scope="module")
def demo() -> Iterator[Engine]:
    """Yield a server started by `make demo`, with stand-ins as its providers."""
    with Engine({"LOG_LEVEL": "ERROR"}, command=("make", "demo")) as engine:
        yield engine


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("curl ")])
def test_every_request_is_answered(demo: Engine, command: str, tmp_path: Path) -> None:
    """Every curl command gets JSON, also those that show a failure, or writes a file of CSV."""
    ours = command.replace("localhost:8000", f"localhost:{demo.port}")
    done = subprocess.run(
        ["bash", "-c", f"{ours} --silent --show-error"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    if ".csv" in command:
        [file] = tmp_path.iterdir()
        assert file.read_text().startswith("timestamp,")
    else:
        assert done.stdout.startswith('{"success":') or "/api/health" in command, done.stdout


def test_every_other_command_is_known() -> None:
    """Every other command is a target of the Makefile, a command, a variable with an address, or Docker's."""
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
        elif words[:3] != ["python", "-m", "engine"]:
            assert words[0] == "docker" or re.fullmatch(r"[A-Z_]+=http://localhost:8000\S*", words[0]), (
                command
            )
    assert {"make run", "make demo", "make check", "make test"} <= set(others)


@pytest.mark.parametrize("document", LINKED, ids=lambda path: path.name)
def test_every_target_that_is_named_exists(document: Path) -> None:
    """Every target of make that a document names exists."""
    for target in set(re.findall(r"`make ([a-z]+)", document.read_text())):
        done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, target


@pytest.mark.parametrize("document", LINKED, ids=lambda path: path.name)
def test_what_is_linked_is_there(document: Path) -> None:
    """Every link leads to a file, an image or a heading that exists."""
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        there = document.parent / file if file else document
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target


def test_every_document_is_in_the_contents() -> None:
    """docs/README.md leads to each document, and each guide leads to the next one."""
    contents = ROOT / "docs/README.md"
    linked = {(contents.parent / target).resolve() for target in targets(contents)}
    guides = sorted((ROOT / "docs/guides").glob("*.md"))

    assert {*DOCUMENTS} - {ROOT / "README.md", contents} <= linked
    for guide in guides:
        following = {(guide.parent / target).resolve() for target in targets(guide)}
        assert following & {*guides} or guide.stem == "self-hosting", guide.name


def targets(document: Path) -> list[str]:
    """Return the files that a document links, without their headings."""
    found = re.findall(r"\]\(([^)\s#]+)", document.read_text())
    return [target for target in found if not target.startswith("http")]


def headings(document: Path) -> set[str]:
    """Return the anchors of a document's headings."""
    titles = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}
