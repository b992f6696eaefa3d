"""The thread of a background job."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine.telemetry.request_id import with_new_id

TICK = 1.0
"""Seconds between two ticks."""


class Loop:
    """Calls `tick` every few `seconds` under a new request id. An unexpected error is logged as `failure`."""

    def __init__(
        self,
        name: str,
        tick: Callable[[], object],
        log: logging.Logger,
        failure: str,
        *,
        seconds: float = TICK,
    ) -> None:
        self._seconds = seconds
        self._name = name
        self._tick = tick
        self._log = log
        self._failure = failure
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is running."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the current tick."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(TICK)

    def _run(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix=self._name) as pool:
            while not self._stopping.wait(self._seconds):
                error = pool.submit(with_new_id(self._name, self._tick)).exception()
                if error and self._stopping.is_set():  # the process ends, and took a pool from a running tick
                    self._log.info("%s ended amid its work: %s", self._name, error)
                elif error:
                    self._log.error(self._failure, exc_info=error)
