"""Keep a test to its own process: what `make quick` runs starts no server, no browser and no command."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

_kept = False
"""Whether no process may be started now."""


class StartedProcess(AssertionError):
    """A test started a process, and is not marked with `servers`."""


def guard() -> None:
    """Guard each start of a process, also those of libraries.

    An audit hook would do the same, but Python lets no two threads set their tracers while one runs.
    """
    subprocess.Popen.__init__ = _guarded(subprocess.Popen.__init__)  # type: ignore[method-assign]


@contextmanager
def kept_to_itself(kept: bool) -> Iterator[None]:
    """Run a block that starts no process, if it is `kept` to its own one."""
    global _kept
    _kept = kept
    try:
        yield
    finally:
        _kept = False


def _guarded(start: Any) -> Any:
    @wraps(start)
    def guarded(self: Any, command: Any, *rest: Any, **options: Any) -> None:
        if _kept:
            raise StartedProcess(f"mark the test with pytest.mark.servers: it starts {command!r}")
        start(self, command, *rest, **options)

    return guarded
