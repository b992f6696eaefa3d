"""Commands in README.md and docs/ work, and links lead to existing files and headings.

tests/deployment has the tests of docs/deploy.md, and test_contributing.py those of CONTRIBUTING.md.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import ROOT, Engine

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TYPED = [document for document in DOCUMENTS if document.name != "deploy.md"]
LINKED = [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]


def commands(document: Path) -> list[str]:
    """Return every line of a document's shell blocks, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)
    return [line.partition(" # ")[0].strip() for block in blocks for line in block.splitlines() if line]


EXAMPLE = re.compile(r"^```sh\n(curl [^\n]*)\n```\n```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A request, and the answer that a document shows after it."""
EXAMPLES = [found for document in TYPED for found in EXAMPLE.findall(document.read_text())]
MORE = "further members"
BY_PROVIDER = {"failed", "providers"}
"""Objects with a member for each provider that failed, which a busy machine decides."""
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


def example(text: str) -> Any:
    """Return the JSON of an example. The member `MORE` stands for further ones."""
    return json.loads(re.sub(r",? ?…", "", re.sub("…(?= *})", f'"{MORE}": null', text)))


def members(example: Any, answer: Any, place: str = "") -> Iterator[tuple[str, set[str], set[str]]]:
    """Yield each object of an example with the members that it has, and with those of the answer."""
    if isinstance(example, dict) and isinstance(answer, dict):
        shown = example.keys() - {MORE}
        yield place, shown, shown & answer.keys() if MORE in example else set(answer)
        for name in (example.keys() & answer.keys()) - BY_PROVIDER:
            yield from members(example[name], answer[name], f"{place}.{name}")
    elif isinstance(example, list) and isinstance(answer, list) and example and answer:
        yield from members(example[0], answer[0], f"{place}[0]")


@pytest.mark.parametrize(("command", "text"), EXAMPLES)
def test_an_example_has_the_members_of_the_answer(demo: Engine, command: str, text: str) -> None:
    """Where a document shows the answer to a request, nothing is left out of it and nothing is new."""
    ours = shlex.split(command.replace("localhost:8000", f"localhost:{demo.port}"))
    answer = subprocess.run([*ours, "--silent"], capture_output=True, check=True, timeout=60).stdout
    found = [*members(example(text), json.loads(answer))]

    assert found
    assert [(place, shown) for place, shown, _ in found] == [(place, sent) for place, _, sent in found]


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


def targets_of_make(text: str) -> set[str]:
    """Return the targets of make that a text names."""
    return set(re.findall(r"`make ([a-z-]+)", text))


def test_a_target_is_read_to_its_end() -> None:
    """A target with a hyphen is another one than that of its first word."""
    assert targets_of_make("`make test-clientz` or `make test ONLY=tests`") == {"test-clientz", "test"}


@pytest.mark.parametrize("document", LINKED, ids=lambda path: path.name)
def test_every_target_that_is_named_exists(document: Path) -> None:
    """Every target of make that a document names exists."""
    for target in targets_of_make(document.read_text()):
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
