"""The two revisions: the working tree as it is, and another one in a git worktree that is removed again."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.compare.failures import NotComparable


def commit(root: Path, revision: str) -> str:
    """Return the short name of the commit that a revision means.

    Raises `NotComparable` if there is none.
    """
    try:
        arguments = ("rev-parse", "--verify", "--quiet", "--short", "--end-of-options")
        return _git(root, *arguments, f"{revision}^{{commit}}")
    except subprocess.CalledProcessError:
        raise NotComparable(
            f'no commit of this repository is called "{revision}": BASE is a branch, a tag or a commit, '
            "for example BASE=main"
        ) from None


def name_of_tree(root: Path) -> str:
    """Return the commit of the working tree, and whether it has changes beside it."""
    changed = _git(root, "status", "--porcelain")
    return commit(root, "HEAD") + (" with uncommitted changes" if changed else "")


@contextmanager
def checkout(root: Path, name: str) -> Iterator[Path]:
    """Yield a folder with the files of a commit. It is removed however the block ends."""
    with TemporaryDirectory(prefix="bench-compare-") as folder:
        tree = Path(folder) / "base"
        try:
            _git(root, "worktree", "add", "--quiet", "--detach", str(tree), name)
            yield tree
        finally:
            if tree.exists():
                _git(root, "worktree", "remove", "--force", str(tree))


def _git(root: Path, *arguments: str) -> str:
    """Return what a command of git prints."""
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
