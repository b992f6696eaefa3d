"""Work that takes milliseconds, in real threads of its own where greenlets share one loop."""

from collections.abc import Callable
from typing import TypeVar

from gevent import monkey
from gevent.threadpool import ThreadPool

T = TypeVar("T")


class Offload:
    """A few threads beside the event loop; nobody else's work waits in their queue."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._pool: ThreadPool | None = None

    def __call__(self, work: Callable[[], T], /) -> T:
        """Return what `work` returns, or raise what it raises. Other greenlets go on meanwhile."""
        if not monkey.is_module_patched("threading"):
            return work()
        if self._pool is None:  # not before the worker runs: a pool belongs to its process and loop
            self._pool = ThreadPool(self._threads)
        done: T = self._pool.apply(work)
        return done
