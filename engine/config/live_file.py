"""A file that is read again when it changes.

While it is rewritten in place it may be missing, empty or incomplete: its last valid content stays in use.
"""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

LOOK_AGAIN = 0.5
"""Seconds between two looks. Streams look once a second, and a revoked key ends them within two."""

log = logging.getLogger(__name__)


def text_of(path: str) -> str:
    """Return the text of a file. Raises `ValueError` with a reason."""
    try:
        return Path(path).read_text("utf-8-sig")
    except FileNotFoundError:
        raise ValueError("file not found") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read: {type(error).__name__}") from None


class LiveFile(Generic[T]):
    """The content of a file, as `parse` reads its text; `nothing` without a path.

    `parse` gets the text and the content so far, and raises `ValueError` for what must not replace that.
    `name` is that of the file in the log, and `things` is what it holds.
    """

    def __init__(
        self,
        path: str | None,
        nothing: T,
        parse: Callable[[str, T], T],
        name: str,
        things: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._content = nothing
        self._parse = parse
        self._name = name
        self._things = things
        self._clock = clock
        self._lock = Lock()
        self._looked = float("-inf")
        self._seen: tuple[int, ...] | None = None
        self._wrong = ""

    def content(self) -> T:
        """Return the content, which is at most as old as the last look."""
        if self._path is not None:
            self._look(self._path)
        return self._content

    def _look(self, path: str) -> None:
        """Read the file again if it has changed, unless that was just looked at."""
        with self._lock:
            if self._clock() < self._looked + LOOK_AGAIN:
                return
            self._looked = self._clock()
            try:
                status = os.stat(path)
                seen = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
                if seen != self._seen:
                    self._content = self._parse(text_of(path), self._content)
                    self._seen = seen
                self._wrong = ""
            except OSError as error:
                self._log_once(f"cannot be read: {type(error).__name__}")
            except ValueError as error:
                self._log_once(str(error))

    def _log_once(self, wrong: str) -> None:
        """Log what is wrong with the file, once for each fault."""
        if wrong != self._wrong:
            log.error("%s invalid; keeping the last valid %s: %s", self._name, self._things, wrong)
        self._wrong = wrong
