"""Threads that work beside a test."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self


class Crowd:
    """A context manager in which each of `turns` has a thread. Its end sets `stop`, at which they look."""

    def __init__(self, turns: Iterable[Callable[[], object]]) -> None:
        self.stop = threading.Event()
        self._threads = [threading.Thread(target=turn) for turn in turns]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(60)
