"""Run work of some milliseconds in real threads, where greenlets share one event loop."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from gevent import monkey
from gevent.threadpool import ThreadPool

T = TypeVar("T")


class Offload:
    """A few threads beside the event loop, reserved for one kind of work."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._pool: ThreadPool | None = None

    def __call__(self, work: Callable[[], T], /) -> T:
        """Return what `work` returns, or raise what it raises. Other greenlets run meanwhile."""
        if not monkey.is_module_patched("threading"):
            return work()
        if self._pool is None:  # created by the worker, because a pool belongs to one process and one loop
            self._pool = ThreadPool(self._threads)
        done: Callable[[], T] = self._pool.apply(partial(_done, work))
        return done()


def _done(work: Callable[[], T]) -> Callable[[], T]:
    """Do the work, and return what gives or raises its outcome: gevent logs by itself what threads raise."""
    try:
        outcome = work()
    except BaseException as error:
        failure = error

        def fail() -> T:
            raise failure

        return fail
    return lambda: outcome
