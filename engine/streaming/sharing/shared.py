"""A worker among others: it leads or follows, and works alone while Redis is unavailable."""

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Literal

from engine.store.sequence import Refused, SequenceStatus, Unavailable
from engine.streaming.cursors import Cursor
from engine.streaming.hub import Hub
from engine.streaming.log import KEPT
from engine.streaming.publishing import LocalPublisher, new_epoch
from engine.streaming.sharing.assignment import KINDS, Assignment, is_room
from engine.streaming.sharing.outlet import Outlet
from engine.streaming.sharing.queue import as_sent
from engine.streaming.sharing.reading import Reading
from engine.streaming.sharing.sending import Sending
from engine.streaming.sharing.threads import Threads

if TYPE_CHECKING:
    from engine.store.sequence.sequence import SharedSequence

GRACE = 2.0
"""Seconds for which a worker waits for an unavailable Redis before it continues alone."""
RENEWED = 2.0
"""Seconds after which the wanted channels are sent to Redis again."""
PATIENCE = 2.0
"""Seconds that a client waits until this worker has read the messages that another one sent it."""

Role = Literal["joining", "following", "leading", "alone"]
log = logging.getLogger(__name__)


class Sharing:
    """Coordinates this worker with others. Its threads repeat the steps `elect`, `read` and `send`."""

    def __init__(
        self,
        sequence: "SharedSequence",
        hub: Hub,
        clock: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.role: Role = "joining"
        self.publisher = Outlet()
        self._sequence = sequence
        self._hub = hub
        self._clock = clock
        self._monotonic = monotonic
        self._local = LocalPublisher(hub, clock)
        self._reading = Reading(sequence, hub)
        self._sending = Sending(sequence, clock)
        self._restarting = threading.Lock()
        self._term = 0
        self._channels: list[str] = []
        self._renewed: set[str] = set()
        self._renewed_at = self._answered_at = monotonic()
        self._threads = Threads(self.elect, self.read, self.send, self._sending.queue.filled)
        hub.wait_for = self.settle

    def assignment(self) -> Assignment:
        """Return the channels to feed: as the leader those of all workers, alone those of its clients."""
        if self.role == "alone":
            return Assignment(self._term, self._hub.wanted())
        return Assignment(self._term, self._channels if self.role == "leading" else [])

    def has_room(self, channels: Collection[str], most: int) -> bool:
        """Return whether `channels` may be added to those of all workers, or of this one while alone."""
        if not is_room(self._hub.wanted(), channels, most):
            return False
        try:
            return self.role == "alone" or self._sequence.has_room(channels, most, KINDS)
        except Unavailable as error:
            log.debug("the series of all workers cannot be counted: %s", error)
            return True

    def start(self) -> None:
        """Start the threads."""
        self._answered_at = self._monotonic()
        self._threads.start()

    def stop(self) -> None:
        """Stop, and give the lease back, so that another worker leads at once."""
        self._threads.stop()
        was_leading = self.role == "leading"
        self._become("joining")
        if was_leading:
            try:
                self._sequence.resign()
            except Unavailable:
                log.debug("the lease of the streams cannot be given back, and will expire")
        self._sequence.close()

    def settle(self, cursor: Cursor | None = None) -> None:
        """Wait briefly until this worker has read the current sequence, up to a cursor if one is given."""
        end = self._monotonic() + PATIENCE
        while self._threads.running and self._monotonic() < end:
            epoch = self._reading.epoch
            behind = cursor is not None and cursor.epoch == epoch and cursor.place > self._hub.log.last
            if self.role == "alone" or (epoch is not None and not behind):
                return
            time.sleep(0.005)

    def elect(self) -> None:
        """Lead or follow as Redis decides, and send it the wanted channels. Without Redis work alone."""
        wanted, now = self._hub.wanted(), self._monotonic()
        renews = not self._renewed.issuperset(wanted) or now - self._renewed_at >= RENEWED
        try:
            status = self._sequence.elect(wanted if renews else ())
            if renews:
                self._renewed, self._renewed_at = {*wanted}, now
            self._answered_at = self._monotonic()
            self._take(status)
        except Refused as refused:
            log.info("another worker leads the streams: %s", refused)
        except Unavailable as error:
            log.debug("the shared streams are unavailable: %s", error)
            self._renewed.clear()  # Redis may have lost the channels
            if self.role != "alone" and self._monotonic() - self._answered_at >= GRACE:
                self._go_alone()

    def read(self) -> bool:
        """Publish the sequence's new messages. Return `False` without a sequence. Raises `Unavailable`."""
        if self._is_alone:
            return False
        if self._reading.epoch is not None:
            self._reading.step()
        else:
            with self._restarting:
                if self._is_alone or not self._reading.join():
                    return False
        if self.role == "joining" and self._reading.epoch is not None:
            self._become("following")
        return True

    def send(self) -> None:
        """Append the waiting messages while this worker leads. Raises `Unavailable`."""
        try:
            self._sending.step()
        except Refused as refused:
            log.info("this worker no longer leads the streams: %s", refused)
            self._become("joining")

    @property
    def _is_alone(self) -> bool:
        return self.role == "alone"

    def _take(self, status: SequenceStatus) -> None:
        """Take the role that follows from the status in Redis."""
        if self._reading.epoch not in (None, status.epoch):
            self._reading.leave()
            self._renewed.clear()
            self._become("joining")
        if not status.leads:
            if self.role in ("leading", "alone"):
                self._become("joining")
        elif status.epoch is None or status.last is None or (status.served or 0) > KEPT:
            self._begin()
        elif self.role == "leading":
            self._channels = status.channels
        elif self._reading.epoch == status.epoch and self._reading.place >= status.last:
            self._sending.begin(status.epoch, status.last)
            self._channels = status.channels
            self._become("leading")
        elif self.role == "alone":
            self._become("joining")

    def _begin(self) -> None:
        """Begin another sequence with the messages of this worker, which then reads it like the others."""
        kept, epoch = self._hub.log, new_epoch()
        newest = [kept.newest(channel) for channel in [*kept.current]]
        known = [*kept.ends(), *(one for one in newest if one is not None)]
        place = kept.last.next(self._clock())
        self._sequence.begin(epoch, place, [as_sent(one.of(epoch)) for one in known], {**kept.reached})
        self._reading.leave()
        self._become("joining")

    def _go_alone(self) -> None:
        log.warning("Redis is unavailable: this worker feeds only its clients' streams")
        self._reading.leave()
        with self._restarting:
            self._become("joining")
            self._hub.restart(new_epoch())
            self._become("alone")

    def _become(self, role: Role) -> None:
        if role == self.role:
            return
        if role == "leading":
            log.info("this worker feeds the streams of all workers")
        elif self.role == "leading":
            self._sending.end()
        self.role, self._term = role, self._term + 1
        self.publisher.to = None
        if role in ("leading", "alone"):
            self.publisher.to = self._sending.queue if role == "leading" else self._local
