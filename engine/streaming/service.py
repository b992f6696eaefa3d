"""The streams of one worker: its feeders, its clients, and the replay for returning clients."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from limits.storage import Storage

from engine.catalogue.current import CurrentCatalogue
from engine.config import Settings
from engine.errors import ApiError
from engine.market import Market
from engine.streaming.catching_up import Reader
from engine.streaming.channels import Channel, WrongChannel, read_channel, read_channels
from engine.streaming.clients import Clients
from engine.streaming.conversation import Conversation, Limits, Say
from engine.streaming.cursors import Cursor
from engine.streaming.dialects import Dialects
from engine.streaming.feeders import Feeders
from engine.streaming.hub import Hub
from engine.streaming.log import Message
from engine.streaming.missed import Missed
from engine.streaming.publishing import LocalPublisher, new_epoch
from engine.streaming.saved import SavedLog
from engine.streaming.sharing import FED, Coordinator, Sharing, SingleWorker
from engine.upstream.host_clock import HostClock

if TYPE_CHECKING:
    from engine.store.sequence.places import SharedPlaces
    from engine.store.sequence.sequence import SharedSequence

READS_AT_ONCE = 4
"""Histories that are read concurrently for clients with an expired cursor."""


class Streaming:
    """The hub with its clients and feeders. While it is `busy`, `tick` must be called often.

    Workers that share a Redis have one `sequence`, and count streams in the same `places`.
    """

    def __init__(
        self,
        settings: Settings,
        market: Market,
        catalogue: CurrentCatalogue,
        counts: Storage,
        clock: HostClock,
        key_known: Callable[[str], bool],
        sequence: "SharedSequence | None" = None,
        places: "SharedPlaces | None" = None,
    ) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._known: dict[str, Channel] = {}
        self._shares = sequence is not None or places is not None
        self._most = settings.stream_max_series
        self._places = places
        self.hub = Hub(new_epoch(), self.now)
        self.clients = Clients(settings.stream_max_connections, key_known, places)
        self._saved = SavedLog(settings.data_dir) if sequence is None else None
        self.coordinator: Coordinator = (
            SingleWorker(LocalPublisher(self.hub, self.now), self.hub.wanted)
            if sequence is None
            else Sharing(sequence, self.hub, self.now)
        )
        self.dialects = Dialects()
        reading = ThreadPoolExecutor(READS_AT_ONCE, thread_name_prefix="stream-history")
        self._missed = Missed(
            self.hub,
            self._channel,
            lambda one: one.pair_in(catalogue.catalogue),
            market.candles.slice,
            reading,
        )
        publisher = self.coordinator.publisher
        self._feeders = Feeders(
            settings, market, catalogue, counts, clock, self.now, publisher, lambda: self.hub.log
        )
        self.venues, self.passthrough = self._feeders.venues, self._feeders.passthrough
        self._term = 0
        self._looked_after = 0.0

    def now(self) -> int:
        """Return Unix milliseconds by the corrected clock."""
        return int(self._clock.corrected() * 1000)

    @property
    def busy(self) -> bool:
        """Whether there are clients or wanted channels here, or may be at other workers."""
        return self._shares or bool(self._known or self.clients or self.passthrough or self.hub.wanted())

    @property
    def due(self) -> float | None:
        """The seconds until `tick` has work although it is not `busy`, `None` without such work."""
        due = self._feeders.due
        return None if due is None else (due - self.now()) / 1000

    def wake_with(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever this worker may have become busy."""

        def begins() -> None:
            self._feeders.begins()
            wake()

        self.hub.wake, self.clients.wake, self.passthrough.wake = begins, wake, wake

    @property
    def series(self) -> int:
        """The number of series and prices that are fed."""
        return self._feeders.count

    def start(self) -> None:
        """Restore the saved sequence, and start to find out what to feed, in the background."""
        if self._places is not None:
            self._places.beat()
        if self._saved is not None and (before := self._saved.take(self.now())) is not None:
            self.hub.begin(*before)
        self.coordinator.start()

    def stop(self) -> None:
        """Disconnect all clients and venues, and save the sequence of a single worker."""
        self.clients.stop()
        self.coordinator.stop()
        self._feeders.stop()
        if self._saved is not None:
            self._saved.save(self.hub.epoch, self.hub.log)

    def conversation(self, listener: Reader, say: Say, channels: int) -> Conversation:
        """Return the conversation of a new client, which may subscribe to `channels` channels."""
        return Conversation(self.hub, self, Limits(channels), listener, say)

    def named(self, texts: Sequence[str]) -> list[str]:
        """Return the canonical names of channels.

        Raises `ApiError` if any of them does not exist or exceeds the limit of series. It may wait for
        Redis, which counts the series of all workers.
        """
        found = self._found(texts)
        self._known |= found
        self.hub.wake()  # the next tick forgets channels without listeners
        return list(found)

    def missed(self, cursor: Cursor, channels: Sequence[str]) -> Sequence[Message]:
        """Return the closed candles of channels since an expired cursor. It may wait for a provider."""
        return self._missed.history(cursor, channels)

    def snapshots(self, channels: Sequence[str]) -> Iterable[Message]:
        """Return the newest state of each channel."""
        return self._missed.snapshots(channels)

    def since(self, cursor: Cursor, texts: Sequence[str], most: int) -> tuple[list[bytes], str, bool]:
        """Return the messages after a cursor, the cursor of the last one, and whether more follow."""
        names = [*self._found(texts)]
        found = self.hub.replay(cursor, names)
        if found is None:
            return self._missed.page(cursor, names, most)
        bodies = [one.body for one in found[:most]]
        last = self.hub.cursor(found[most - 1].place) if len(found) > most else self.hub.cursor()
        return bodies, last, len(found) > most

    def tick(self) -> None:
        """Feed the channels assigned to this worker, and check the clients once a second."""
        assignment = self.coordinator.assignment()
        if assignment.term != self._term:
            self._term = assignment.term
            self._feeders.restart()
        self._known = {
            name: channel for name in self._wanted(assignment.channels) if (channel := self._channel(name))
        }
        self._feeders.feed([self._known[name] for name in assignment.channels if name in self._known])
        self.passthrough.tick()
        self.dialects.tick()
        if time.monotonic() - self._looked_after >= 1.0:
            self._looked_after = time.monotonic()
            if self._places is not None:
                self._places.beat()
            self.clients.look_after(self._looked_after)

    def _found(self, texts: Iterable[str]) -> dict[str, Channel]:
        """Return channels by their canonical names. Raises `ApiError`."""
        found = read_channels(texts, self._catalogue.catalogue, self._clock.corrected())
        new = {name for name in found if name.startswith(FED)}.difference(self.hub.wanted())
        if new and not self.coordinator.has_room(new, self._most):
            raise ApiError("Too many series are streamed", code="STREAM_FULL", status=503)
        return found

    def _wanted(self, fed: Iterable[str]) -> list[str]:
        return [*dict.fromkeys((*fed, *self.hub.wanted()))]

    def _channel(self, name: str) -> Channel | None:
        """Return the channel of a canonical name, `None` if this worker's catalogue lacks it."""
        if (known := self._known.get(name)) is not None:
            return known
        try:
            return read_channel(name, self._catalogue.catalogue, self._clock.corrected())
        except WrongChannel:
            return None
