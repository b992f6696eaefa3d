"""The folder of another revision, and what is said of the working tree."""

from pathlib import Path

import pytest

from benchmarks.compare.failures import NotComparable
from benchmarks.compare.revisions import checkout, commit, name_of_tree
from tests.benchmarks.compare.repositories import git, made, worktrees

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with two commits."""
    return made(tmp_path_factory.mktemp("repository"))


@pytest.mark.parametrize("revision", ["first", "HEAD~1"])
def test_the_files_are_those_of_the_revision(repository: Path, revision: str) -> None:
    """A checkout has the files of the other revision, and the working tree stays as it is."""
    with checkout(repository, commit(repository, revision)) as tree:
        assert ((tree / "file").read_text(), (repository / "file").read_text()) == ("old", "new")
        assert worktrees(repository) == 2
    assert (tree.exists(), worktrees(repository)) == (False, 1)


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_the_worktree_is_removed(repository: Path, end: type[BaseException]) -> None:
    """The worktree is removed after Ctrl-C and after a failure, with files that came into it."""
    folders: list[Path] = []

    def interrupted() -> None:
        with checkout(repository, "first") as tree:
            folders.append(tree.parent)
            (tree / "compiled").write_text("")
            (tree / "file").write_text("changed")
            raise end

    with pytest.raises(end):
        interrupted()
    assert ([folder.exists() for folder in folders], worktrees(repository)) == ([False], 1)


@pytest.mark.parametrize("revision", ["nothing", "", "--all", "HEAD:file"])
def test_an_unknown_revision_is_refused(repository: Path, revision: str) -> None:
    """What is no commit is refused with what is needed."""
    with pytest.raises(NotComparable) as refused:
        commit(repository, revision)

    assert str(refused.value).startswith(f'no commit of this repository is called "{revision}": BASE is')


def test_uncommitted_changes_are_told(repository: Path) -> None:
    """The name of the working tree says whether it has changes that no commit has."""
    assert name_of_tree(repository) == git(repository, "rev-parse", "--short", "HEAD")
    (repository / "another").write_text("")

    assert name_of_tree(repository).endswith(" with uncommitted changes")
    (repository / "another").unlink()
