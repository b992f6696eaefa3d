"""The streams of one worker, put together: what is fed, who listens, and what those who return get."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from limits.storage import Storage

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.pairs import pair_of
from engine.config import Settings
from engine.market import Market
from engine.streaming.catching_up import Reader
from engine.streaming.channels import STATUS, Channel, WrongChannel, invalid, read_channel
from engine.streaming.clients import Clients
from engine.streaming.conversation import Conversation, Limits, Say
from engine.streaming.cursors import Cursor
from engine.streaming.dialects import Dialects
from engine.streaming.feeding import Feeding
from engine.streaming.hub import Hub
from engine.streaming.log import Message
from engine.streaming.missed import Missed
from engine.streaming.passing import Passing
from engine.streaming.publishing import LocalPublisher, new_epoch
from engine.streaming.requested import RequestedChannels
from engine.streaming.sources import VenueSources
from engine.streaming.status import StatusChannel
from engine.streaming.venues import Venues
from engine.upstream.host_clock import HostClock
from engine.upstream.streams.building import builder
from providers import Pair

LOOKS_AT_ONCE, READS_AT_ONCE = 8, 4
RECENT = 50
"""Events of the engine that are looked at for new ones."""


class Streaming:
    """The hub, its clients and what feeds it. `tick` must be called often."""

    def __init__(
        self,
        settings: Settings,
        market: Market,
        catalogue: CurrentCatalogue,
        counts: Storage,
        clock: HostClock,
        key_known: Callable[[str], bool],
    ) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._known: dict[str, Channel] = {}
        self.hub = Hub(new_epoch(), self.now)
        self.clients = Clients(settings.stream_max_connections, key_known)
        self.dialects = Dialects()
        self._pool = ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="stream-look")
        self.venues = Venues(builder(settings, market.upstreams, counts, clock, self.now), self.now)
        publisher = LocalPublisher(self.hub, self.now)
        sources = VenueSources(market, catalogue, self.now)
        self._feeding = Feeding(
            self.venues,
            sources.as_sources(),
            publisher,
            self._pool,
            clock=self.now,
            label=market.candles.label,
            most=settings.stream_max_series,
        )
        self.passing = Passing(
            Venues(builder(settings, market.upstreams, counts, clock, self.now), self.now),
            sources.passed,
            self.now,
            room=lambda: settings.stream_max_series - self._feeding.count,
        )
        reading = ThreadPoolExecutor(READS_AT_ONCE, thread_name_prefix="stream-history")
        self._missed = Missed(self.hub, self._channel, self._pair_of, market.candles.slice, reading)
        self._looked_after = 0.0
        self._market = market
        self._status = StatusChannel(publisher)
        self._requested = RequestedChannels(market, publisher, self._pool, self._pair_of, self.now)

    def now(self) -> int:
        """Return Unix milliseconds by the corrected clock."""
        return int(self._clock.corrected() * 1000)

    @property
    def series(self) -> int:
        """The number of series and prices that are fed."""
        return self._feeding.count

    def stop(self) -> None:
        """End all clients, and all connections to venues."""
        self.clients.stop()
        self.venues.stop()
        self.passing.stop()

    def conversation(self, listener: Reader, say: Say, channels: int) -> Conversation:
        """Return the conversation of a new client, which may have so many channels."""
        return Conversation(self.hub, self, Limits(channels), listener, say)

    def named(self, texts: Sequence[str]) -> list[str]:
        """Return the canonical names of channels. Raises `ApiError`: one that does not exist refuses all."""
        found: dict[str, Channel] = {}
        wrong: dict[str, list[str]] = {}
        for text in texts:
            try:
                channel = self._channel(text)
            except WrongChannel as error:
                wrong[text[:120]] = [str(error)]
            else:
                found[channel.name] = channel
        if wrong:
            raise invalid(wrong)
        self._known |= found
        return list(found)

    def missed(self, cursor: Cursor, channels: Sequence[str]) -> Sequence[Message]:
        """Return the closed candles of channels since a cursor that is too old. It may wait."""
        return self._missed.history(cursor, channels)

    def snapshots(self, channels: Sequence[str]) -> Iterable[Message]:
        """Return the newest state of each channel."""
        return self._missed.snapshots(channels)

    def since(self, cursor: Cursor, texts: Sequence[str], most: int) -> tuple[list[bytes], str, bool]:
        """Return the messages after a cursor, the cursor of the last one, and whether there are more."""
        names = self.named(texts)
        found = self.hub.replay(cursor, names)
        if found is None:
            return self._missed.page(cursor, names, most)
        bodies = [one.body for one in found[:most]]
        last = self.hub.cursor(found[most - 1].place) if len(found) > most else self.hub.cursor()
        return bodies, last, len(found) > most

    def _channel(self, text: str) -> Channel:
        return read_channel(text, self._catalogue.catalogue, self._clock.corrected())

    def _pair_of(self, channel: Channel) -> Pair:
        assert channel.pair is not None  # noqa: S101 - only channels of pairs are asked for
        return pair_of(channel.pair.base, channel.pair.quote, self._catalogue.catalogue)

    def tick(self) -> None:
        """Feed what is wanted now, and look after the clients once a second."""
        wanted = self.hub.wanted()
        self._known = {name: self._known[name] for name in wanted if name in self._known}
        self._feeding.want(self._known.values())
        self._feeding.tick()
        self.passing.tick()
        self.dialects.tick()
        self._requested.tick(self._known.values())
        if STATUS in self._known:
            self._status.tell(self._market.events(RECENT))
        if time.monotonic() - self._looked_after >= 1.0:
            self._looked_after = time.monotonic()
            self.clients.look_after(self._looked_after)
