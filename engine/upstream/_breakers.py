"""pybreaker without its storage in Redis, which the engine does not use.

pybreaker imports redis-py wherever it is installed, and that takes a tenth of a start and several megabytes.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def as_if_missing(library: str) -> Iterator[None]:
    """Make imports of a library fail as if it were not installed, unless it is imported already."""
    if library in sys.modules:
        yield
        return
    sys.modules[library] = None  # type: ignore[assignment] # how Python marks what cannot be imported
    try:
        yield
    finally:
        del sys.modules[library]


with as_if_missing("redis"):
    import pybreaker

__all__ = ["pybreaker"]
