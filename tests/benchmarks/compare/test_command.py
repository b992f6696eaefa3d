"""`python -m benchmarks.compare`: its exit status and what it prints, with readings that the test gives."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.compare.__main__ import main
from benchmarks.compare.failures import NotComparable
from benchmarks.compare.measures import Benchmark, Sizes, benchmarks
from benchmarks.compare.rounds import Open, Side
from benchmarks.compare.servers import Revision
from tests.benchmarks.compare.repositories import git, made, worktrees
from tests.benchmarks.compare.taken import Taken
from tests.running import ROOT

NAMES = [*benchmarks(Sizes())]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with two commits."""
    return made(tmp_path_factory.mktemp("repository"))


class Begun:
    """In place of servers: what they were, and readings by the name of the benchmark."""

    def __init__(self, missing: Mapping[str, Side] | None = None, first: float = 1.0) -> None:
        self.texts: dict[Side, str] = {}
        self._taken = Taken({name: [1.0] for name in NAMES} | {NAMES[0]: [first]}, missing)
        self._stops: BaseException | None = None

    def stopping(self, error: BaseException) -> "Begun":
        """End with this error."""
        self._stops = error
        return self

    @contextmanager
    def __call__(
        self, revisions: Mapping[Side, Revision], measured: Mapping[str, Benchmark]
    ) -> Iterator[Open]:
        """Note the files of both revisions."""
        self.texts = {side: (each.tree / "file").read_text() for side, each in revisions.items()}
        if self._stops is not None:
            raise self._stops
        yield self._taken


def test_no_loss_is_status_0(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Equal costs pass, with a table whose heading names both revisions and the machine."""
    begun = Begun()

    assert main(["first"], repository, begun) == 0
    assert begun.texts == {Side.BASE: "old", Side.CURRENT: "new"}
    printed = capsys.readouterr().out
    head, base = (
        git(repository, "rev-parse", "--short", "HEAD"),
        git(repository, "rev-parse", "--short", "first"),
    )
    assert (
        f"\nProcessor time of the server, BASE {base} (first) beside the working tree ({head}); " in printed
    )
    assert printed.count("| no loss |") == len(NAMES)
    assert printed.endswith("\nno loss of speed\n")


def test_a_loss_is_status_1(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A loss in one benchmark fails, and is named with its ratio."""
    assert main(["first", "--rounds", "2"], repository, Begun(first=1.2)) == 1
    assert capsys.readouterr().out.endswith(f"\nmore than 15% slower: {NAMES[0]} (1.20)\n")


def test_what_the_base_does_not_have_is_told(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A benchmark that is not in BASE is in the table, and fails nothing."""
    assert main(["first"], repository, Begun(missing={NAMES[-1]: Side.BASE})) == 0
    assert f"| {NAMES[-1]} | | | | | | | not in BASE, skipped |" in capsys.readouterr().out


def test_an_unknown_revision_is_status_2(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown revision is refused before anything starts."""
    begun = Begun()

    assert main(["nothing"], repository, begun) == 2
    assert capsys.readouterr().err.startswith(
        'not compared: no commit of this repository is called "nothing"'
    )
    assert begun.texts == {}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), 130),
        (NotComparable("no server"), 2),
        (ConnectionError("reset"), 2),
        (subprocess.CalledProcessError(1, "pip"), 2),
    ],
)
def test_no_comparison_is_no_loss(repository: Path, error: BaseException, status: int) -> None:
    """Ctrl-C and failures have a status of their own, and leave no worktree."""
    assert main(["first"], repository, Begun().stopping(error)) == status
    assert worktrees(repository) == 1


@pytest.mark.parametrize("rounds", ["0", "-1", "many"])
def test_rounds_are_a_number(repository: Path, rounds: str) -> None:
    """At least one round is needed."""
    with pytest.raises(SystemExit) as stopped:
        main(["first", "--rounds", rounds], repository, Begun())

    assert stopped.value.code == 2


def test_make_hands_both_on() -> None:
    """`make bench-compare` takes BASE and ROUNDS."""
    command = ["make", "--dry-run", "bench-compare", "BASE=v1", "ROUNDS=7"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "-m benchmarks.compare 'v1' --rounds '7'" in shown
