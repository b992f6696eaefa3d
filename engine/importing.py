"""Libraries without the optional ones that they import wherever these are installed."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def as_if_missing(*libraries: str) -> Iterator[None]:
    """Make imports of libraries fail as if they were not installed, unless they are imported already."""
    with ExitStack() as stack:
        for library in libraries:
            if library not in sys.modules:
                sys.modules[library] = None  # type: ignore[assignment] # how Python marks what is missing
                stack.callback(sys.modules.pop, library, None)
        yield
