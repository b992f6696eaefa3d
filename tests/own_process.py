"""Keep a test to its own process: what `make quick` runs starts no server, no browser and no command."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

_kept = False
"""Whether no command may be started now."""


class StartedProcess(AssertionError):
    """A test started a command, and is not marked with `servers`."""


def guard() -> None:
    """Guard what `subprocess` starts, also for libraries.

    An audit hook would see it, too, but while one runs, Python lets no other thread set its tracer.
    """
    subprocess.Popen.__init__ = _guarded(subprocess.Popen.__init__)  # type: ignore[method-assign]


@contextmanager
def kept_to_itself(kept: bool) -> Iterator[None]:
    """Run a block that starts no command, if it is `kept` to its own process."""
    global _kept
    _kept = kept
    try:
        yield
    finally:
        _kept = False


def _guarded(start: Any) -> Any:
    @wraps(start)
    def guarded(self: Any, *arguments: Any, **options: Any) -> None:
        if _kept:
            command = arguments[0] if arguments else options.get("args")
            raise StartedProcess(f"mark the test with pytest.mark.servers: it starts {command!r}")
        start(self, *arguments, **options)

    return guarded
