"""Read the sequence from Redis into the hub of this worker."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.concurrency.yielding import cooperatively
from engine.store.sequence import Batch, Loaded, Place, Sent
from engine.streaming.hub import Hub
from engine.streaming.log import KEPT, Log
from engine.streaming.sharing.queue import as_message

if TYPE_CHECKING:
    from engine.store.sequence.sequence import SharedSequence


class Reading:
    """The position of this worker in the sequence. `epoch` is `None` while it reads none.

    Its methods raise `Unavailable`.
    """

    def __init__(self, sequence: "SharedSequence", hub: Hub) -> None:
        self.epoch: str | None = None
        self.place = Place(0, 0)
        """The last place that this worker has read."""
        self._sequence = sequence
        self._hub = hub

    def leave(self) -> None:
        """Stop reading, because another sequence has begun or this one cannot be read."""
        self.epoch = None

    def join(self) -> bool:
        """Switch the hub to the sequence in Redis, and return whether there is one."""
        loaded = self._sequence.load()
        if loaded is None:
            return False
        if self._hub.epoch != loaded.epoch or self._hub.log.last < loaded.begins:
            self._hub.restart(loaded.epoch, _log_of(loaded))
        self.epoch, self.place = loaded.epoch, self._hub.log.last
        return True

    def step(self) -> None:
        """Publish the new messages. Wait at most half a second for the first one."""
        for batch in self._sequence.follow(self.place):
            if self.epoch is None:
                return
            away = batch.last.time - self.place.time > KEPT and batch.after != self.place
            if batch.after is None or away:
                self.leave()
                return
            self._take(batch, batch.after)

    def _take(self, batch: Batch, after: Place) -> None:
        if after > self.place:  # Redis has dropped batches that this worker has not read
            missed = self._sequence.missed(self.place, after)
            self._hand_on(sorted(missed, key=lambda sent: sent.place))
        self._hand_on(batch.messages)
        self.place = batch.last
        self._hub.log.last = max(self._hub.log.last, batch.last)

    def _hand_on(self, messages: Iterable[Sent]) -> None:
        for sent in cooperatively(messages):
            if self.epoch is None:
                return
            if sent.place <= self._hub.log.last:
                continue
            if sent.mark == "ended":
                self._hub.log.drop(sent.channel)
            elif sent.mark == "forgotten":
                self._hub.log.forget(sent.channel)
            else:
                self._hub.publish(as_message(self.epoch, sent))


def _log_of(loaded: Loaded) -> Log:
    log = Log(loaded.begins)
    for sent in cooperatively(sorted(loaded.messages, key=lambda sent: sent.place)):
        log.append(as_message(loaded.epoch, sent))
    log.begins, log.last, log.reached = loaded.begins, loaded.last, loaded.reached
    return log
