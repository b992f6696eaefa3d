"""The sources of all channels: venues' streams, requests, and the engine's own events."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from limits.storage import Storage

from engine.catalogue.current import CurrentCatalogue
from engine.config import Settings
from engine.market import Market
from engine.streaming.channels import STATUS, Channel
from engine.streaming.endings import Endings
from engine.streaming.feeding import Feeding
from engine.streaming.log import Log
from engine.streaming.passthrough import Passthrough
from engine.streaming.publishing import Publisher
from engine.streaming.requested import RequestedChannels
from engine.streaming.sources import VenueSources
from engine.streaming.status import StatusChannel
from engine.streaming.venues import Venues
from engine.upstream.host_clock import HostClock
from engine.upstream.streams.building import builder

LOOKS_AT_ONCE = 8
TURN = 250
"""Milliseconds between two calls of `feed` while channels are wanted."""
RECENT = 50
"""Latest events of the engine among which new ones are searched."""


class Feeders:
    """Feeds channels, and publishes their messages. `log` returns the messages of the sequence."""

    def __init__(
        self,
        settings: Settings,
        market: Market,
        catalogue: CurrentCatalogue,
        counts: Storage,
        clock: HostClock,
        now: Callable[[], int],
        publisher: Publisher,
        log: Callable[[], Log],
    ) -> None:
        self._market = market
        self._now = now
        self._log = log
        self._pool = ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="stream-look")
        self.venues = Venues(builder(settings, market.upstreams, counts, clock, now), now)
        sources = VenueSources(market, catalogue, now)

        def reached(channel: str) -> int | None:
            return log().reached.get(channel)

        self._feeding = Feeding(
            self.venues,
            sources.as_sources(),
            publisher,
            self._pool,
            clock=now,
            label=market.candles.label,
            most=settings.stream_max_series,
            reached=reached,
        )
        self.passthrough = Passthrough(
            Venues(builder(settings, market.upstreams, counts, clock, now), now),
            sources.passthrough,
            now,
            room=lambda: settings.stream_max_series - self._feeding.count,
        )
        self._requested = RequestedChannels(
            market, publisher, self._pool, lambda one: one.pair_in(catalogue.catalogue), now, reached
        )
        self._endings = Endings(log, publisher, now)
        self._status = StatusChannel(publisher, now())
        self._fed, self._publishes_status = now(), False
        self._begun: int | None = None

    @property
    def count(self) -> int:
        """The number of series and prices that are fed."""
        return self._feeding.count

    @property
    def due(self) -> int | None:
        """When state of a channel is due to be deleted (Unix milliseconds), `None` without such state."""
        return self._endings.due

    def begins(self) -> None:
        """Note that a channel begins: its events from now on are published, even if `feed` is called late."""
        if self._begun is None:
            self._begun = self._now()

    def restart(self) -> None:
        """Start over after the last published message: another worker may have fed since the last call."""
        self._feeding.want(())
        self._requested.tick(())
        self._status.begin(self._log().last.time)
        self._publishes_status = True

    def feed(self, channels: Iterable[Channel]) -> None:
        """Feed these channels and no others. Must be called often while there are any."""
        wanted = {channel.name: channel for channel in channels}
        self._feeding.want(wanted.values())
        self._feeding.tick()
        self._requested.tick(wanted.values())
        self._endings.tick(wanted.keys())
        self._publish_status(STATUS in wanted)

    def _publish_status(self, wanted: bool) -> None:
        """Publish the events since the status channel became `wanted`, however long ago the last call was."""
        now = self._now()
        if not self._publishes_status:
            begun = now if self._begun is None else self._begun
            fed = min(self._fed, begun)  # the clock may have been set back
            self._status.begin(max(fed, begun - TURN))
        if wanted:
            self._status.publish(self._market.events(RECENT))
        self._fed, self._publishes_status, self._begun = now, wanted, None

    def stop(self) -> None:
        """End all connections to venues."""
        self.venues.stop()
        self.passthrough.stop()
