"""Append the leader's messages to the sequence in batches: what comes meanwhile is the next one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.store.sequence import Sent
from engine.streaming.cursors import Place
from engine.streaming.sharing.queue import Queue, written

if TYPE_CHECKING:
    from engine.store.sequence.sequence import SharedSequence


class Sending:
    """The messages that this worker appends as the leader. Raises `Unavailable` and `Refused`."""

    def __init__(self, sequence: "SharedSequence", clock: Callable[[], int]) -> None:
        self.queue = Queue()
        self._sequence = sequence
        self._clock = clock
        self._epoch: str | None = None
        self._last = Place(0, 0)
        self._batch: list[Sent] = []

    def begin(self, epoch: str, last: Place) -> None:
        """Append after the place `last` from now on."""
        self.end()
        self._epoch, self._last = epoch, last

    def end(self) -> None:
        """Append no more, and drop what waits."""
        self._epoch, self._batch = None, []
        self.queue.clear()

    def step(self) -> None:
        """Append what waits. What Redis has not confirmed is sent again, and counts once."""
        epoch, last = self._epoch, self._last
        if epoch is None:
            return
        if not self._batch:
            self._batch = written(epoch, last, self.queue.take(), self._clock)
        batch = self._batch
        if batch:
            self._sequence.append(epoch, last, batch)
            if self._batch is batch:
                self._last, self._batch = batch[-1].place, []
