"""Build the connections to venues from the settings."""

from collections.abc import Callable, Iterable, Sequence

from limits.storage import Storage

from engine.config import Settings
from engine.upstream import Upstream
from engine.upstream._budget import Budget
from engine.upstream.host_clock import HostClock
from engine.upstream.streams.connection import Ways
from engine.upstream.streams.hosts import Hosts
from engine.upstream.streams.opening import opener
from engine.upstream.streams.session import Data
from engine.upstream.streams.venue import VenueStreams
from providers import Channel, Provider, StreamSource

PATIENCE = 0.2
"""Seconds that a connection waits for a frame before it sends its waiting messages."""

Received = Callable[[Data, int], None]
Changed = Callable[[Iterable[str], bool, str], None]


def builder(
    settings: Settings,
    upstreams: Sequence[Upstream[Provider]],
    counts: Storage,
    clock: HostClock,
    milliseconds: Callable[[], int],
) -> Callable[[str, Channel, Received, Changed], VenueStreams]:
    """Return the function that creates the connections to a venue for one channel.

    Connections of one venue share a budget of attempts, over all workers that share `counts`.
    """
    sources = {
        upstream.name: upstream.provider
        for upstream in upstreams
        if upstream.enabled and isinstance(upstream.provider, StreamSource)
    }

    hosts: dict[str, Hosts] = {}

    def build(venue: str, channel: Channel, received: Received, changed: Changed) -> VenueStreams:
        source = sources[venue]
        overrides = settings.provider(venue)
        budget = Budget(f"{venue}:connections", source.connections, counts, clock)
        ways = Ways(
            source=source,
            channel=channel,
            addresses=lambda: source.addresses(channel, overrides.stream_url),
            open=opener(
                overrides.proxy or settings.https_proxy,
                connect=settings.upstream_connect_seconds + settings.upstream_read_seconds,
                patience=PATIENCE,
            ),
            receive=received,
            clock=milliseconds,
            hosts=hosts.setdefault(venue, Hosts()),
        )
        return VenueStreams(ways, lambda: budget.spend(1), changed)

    return build
