"""Run work of some milliseconds in real threads, where greenlets share one event loop."""

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import gevent
from gevent import monkey
from gevent.threadpool import ThreadPool

T = TypeVar("T")


class Offload:
    """A few threads beside the event loop, reserved for one kind of work."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._pool: ThreadPool | None = None

    def __call__(self, work: Callable[[], T], /, within: float | None = None) -> T:
        """Return what `work` returns, or raise what it raises. Other greenlets run meanwhile.

        Raises `TimeoutError` after `within` seconds, in which all threads may be busy with other work. Work
        that has begun goes on, and its outcome is lost; other work is never begun. Without greenlets nothing
        limits the time.
        """
        if not monkey.is_module_patched("threading"):
            return work()
        if self._pool is None:  # created by the worker, because a pool belongs to one process and one loop
            self._pool = ThreadPool(self._threads)
        task = _Task(work)
        try:
            with gevent.Timeout(within, TimeoutError):
                done = cast(Callable[[], T], self._pool.spawn(task).get())
        except TimeoutError:
            task.is_awaited = False
            raise
        return done()


class _Task(Generic[T]):
    """Work for a thread. Called there, it returns what gives or raises the outcome.

    gevent logs by itself what threads raise.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.is_awaited = True

    def __call__(self) -> Callable[[], T]:
        """Do the work, unless its caller has given up."""
        if not self.is_awaited:
            return self._work  # its caller takes no outcome any more
        try:
            outcome = self._work()
        except BaseException as error:
            failure = error

            def fail() -> T:
                raise failure

            return fail
        return lambda: outcome
