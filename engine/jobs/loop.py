"""The thread of a background job."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine.telemetry.request_id import with_new_id

TICK = 1.0
"""Seconds between two ticks."""
Wait = Callable[[threading.Event, float | None], bool]
"""Waits until an event is set, for at most some seconds. Returns whether it is set."""


class Loop:
    """Calls `tick` every few `seconds` under a new request id. An unexpected error is logged as `failure`.

    `pause` makes ticks rarer: after each tick it returns the seconds until the next one, `None` to wait for
    `wake`. After `wake` the next tick comes at once, but at least `seconds` after the last one. With
    `gathering`, it comes so many seconds later, to handle many calls of `wake` together, but no later than
    without them. After a failure a tick does not wait for `wake`.
    """

    def __init__(
        self,
        name: str,
        tick: Callable[[], object],
        log: logging.Logger,
        failure: str,
        *,
        seconds: float = TICK,
        pause: Callable[[], float | None] | None = None,
        gathering: float = 0.0,
        wait: Wait = threading.Event.wait,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._pause = pause
        self._gathering = gathering
        self._wait = wait
        self._clock = clock
        self._longest: float | None = seconds
        self._name = name
        self._tick = tick
        self._log = log
        self._failure = failure
        self._stopping = threading.Event()
        self._wakened = threading.Event()
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
        self._wakened.set()
        if self._thread is not None:
            self._thread.join(TICK)

    def wake(self) -> None:
        """Let the next tick come soon. During a tick, let another one follow. Any thread may call it."""
        self._wakened.set()

    def _run(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix=self._name) as pool:
            while self._is_next():
                error = pool.submit(with_new_id(self._name, self._turn)).exception()
                # A process that ends may have closed a pool during the tick.
                if error and self._stopping.is_set():
                    self._log.info("%s stopped during a tick: %s", self._name, error)
                elif error:
                    self._log.error(self._failure, exc_info=error)

    def _is_next(self) -> bool:
        """Wait for the next tick, and return whether there is one."""
        began = self._clock()
        if self._wait(self._wakened, self._longest):
            passed = self._clock() - began
            left = max(self._seconds - passed, self._gathering)
            if self._longest is not None:
                left = min(left, self._longest - passed)  # a wake makes no tick later
            if left > 0:
                self._wait(self._stopping, left)
        self._wakened.clear()  # before the tick, which sees all work so far; later work wakes again
        return not self._stopping.is_set()  # after the wake is cleared: a stop sets both in the other order

    def _turn(self) -> None:
        if self._pause is None:
            self._tick()
            return
        is_done = False
        try:
            self._tick()
            is_done = True
        finally:
            self._longest = max(TICK, self._seconds)  # after a failure work may be left
            longest = self._pause()
            if longest is not None:
                self._longest = max(longest, self._seconds)
            elif is_done:
                self._longest = None
