"""The threads of a worker that shares its streams. Under gevent they are greenlets."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine.store.sequence import Unavailable

EACH = 0.25
"""Seconds between two renewals of the lease, and between two attempts while Redis fails."""
SOON = 0.05
"""Seconds until the next search for a sequence, and until failed messages are sent again."""

log = logging.getLogger(__name__)


class Threads:
    """Repeats each step until `stop`. An unexpected error is logged, and the step is repeated."""

    def __init__(
        self,
        elect: Callable[[], None],
        read: Callable[[], bool],
        send: Callable[[], None],
        filled: threading.Event,
    ) -> None:
        self.running = False
        self._elect = elect
        self._read = read
        self._send = send
        self._filled = filled
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start the threads."""
        self.running = True
        for name, step in (("elect", self._electing), ("read", self._reading), ("send", self._sending)):
            name = f"streams-{name}"
            threading.Thread(target=self._repeat, args=(name, step), name=name, daemon=True).start()

    def stop(self) -> None:
        """Stop the threads after their current steps."""
        self.running = False
        self._stopping.set()
        self._filled.set()

    def _repeat(self, name: str, step: Callable[[], float]) -> None:
        def steps() -> None:
            while not self._stopping.wait(step()):
                pass

        with ThreadPoolExecutor(1, thread_name_prefix=name) as pool:
            while not self._stopping.is_set():
                if error := pool.submit(steps).exception():
                    log.error("sharing the streams failed unexpectedly", exc_info=error)
                    self._stopping.wait(EACH)

    def _electing(self) -> float:
        self._elect()
        return EACH

    def _reading(self) -> float:
        try:
            return 0 if self._read() else SOON
        except Unavailable:
            return EACH

    def _sending(self) -> float:
        if not self._filled.wait(EACH):
            return 0
        try:
            self._send()
        except Unavailable:
            return SOON
        return 0
