"""Repositories of git for a test."""

import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """Run git under an invented name, and return what it prints."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def made(folder: Path) -> Path:
    """Return a repository with two commits, the first one tagged."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "requirements.txt").write_text("flask==3.1.3\n")
    for text in ("old", "new"):
        (folder / "file").write_text(text)
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--no-verify", "--message", text)
    git(folder, "tag", "first", "HEAD~1")
    return folder


def worktrees(repository: Path) -> int:
    """Return how many worktrees git knows."""
    return git(repository, "worktree", "list", "--porcelain").count("worktree ")
