"""Append the leader's messages to the sequence in batches. Later messages wait for the next batch."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.store.sequence import Sent
from engine.streaming.cursors import Place
from engine.streaming.sharing.queue import Queue, written

if TYPE_CHECKING:
    from engine.store.sequence.sequence import SharedSequence


class Sending:
    """Appends messages while this worker leads. Raises `Unavailable` and `Refused`."""

    def __init__(self, sequence: "SharedSequence", clock: Callable[[], int]) -> None:
        self.queue = Queue()
        self._sequence = sequence
        self._clock = clock
        self._epoch: str | None = None
        self._last = Place(0, 0)
        self._batch: list[Sent] = []

    def begin(self, epoch: str, last: Place) -> None:
        """Start to append, after the place `last`."""
        self.end()
        self._epoch, self._last = epoch, last

    def end(self) -> None:
        """Stop appending, and drop the waiting messages."""
        self._epoch, self._batch = None, []
        self.queue.clear()

    def step(self) -> None:
        """Append the waiting messages. An unconfirmed batch is sent again, and stored once."""
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
