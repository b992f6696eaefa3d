"""Rewrite a file as a whole, so that a server that reads it meanwhile sees the old or the new one."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE = 0o600
"""The mode of a new file: its owner alone may read it."""


def rewrite(path: str, change: Callable[[Sequence[str]], Sequence[str]]) -> None:
    """Replace the lines of a file with what `change` makes of them; a missing file is created.

    Commands that run at the same time wait for each other. Raises `OSError`, and what `change` raises.
    """
    file = Path(os.path.realpath(path))
    with _alone(file.parent):
        text = file.read_text("utf-8-sig") if file.exists() else ""
        data = "".join(f"{line}\n" for line in change(text.splitlines())).encode()
        if not _replaced(file, data):
            file.write_bytes(data)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other command changes a file of the folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replaced(file: Path, data: bytes) -> bool:
    """Put a new file in the place of the old one, with its owner and mode. Return whether that worked.

    It does not in a folder of others, and not where the file itself is mounted into a container.
    """
    old = file.stat() if file.exists() else None
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "wb") as writer:
            writer.write(data)
            if old is not None:
                os.fchown(descriptor, old.st_uid, old.st_gid)
                os.fchmod(descriptor, old.st_mode & 0o7777)
            writer.flush()
            os.fsync(descriptor)
        os.replace(new, file)
    except OSError:
        with suppress(FileNotFoundError, PermissionError):
            new.unlink()
        if old is None:
            raise
        return False
    return True
