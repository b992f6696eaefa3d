"""Keep a test to its own process: what `make quick` runs starts no server, no browser and no command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_kept = False
"""Whether no process may be started now."""


class StartedProcess(AssertionError):
    """A test started a process, and is not marked with `servers`."""


def guard() -> None:
    """Watch each start of a process, also those of libraries. Python never forgets a hook."""
    sys.addaudithook(_refuse)


@contextmanager
def kept_to_itself(kept: bool) -> Iterator[None]:
    """Run a block that starts no process, if it is `kept` to its own one."""
    global _kept
    _kept = kept
    try:
        yield
    finally:
        _kept = False


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if _kept and event == "subprocess.Popen":
        raise StartedProcess(f"mark the test with pytest.mark.servers: it starts {arguments[1]!r}")
