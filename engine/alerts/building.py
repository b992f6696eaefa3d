"""Build the parts that evaluate rules and deliver alerts."""

import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor

import msgspec

from engine.alerts.channel_message import ChannelMessage
from engine.alerts.channels import Channels
from engine.alerts.confirming import Inquiries
from engine.alerts.delivering import Delivering
from engine.alerts.evaluating import Evaluating
from engine.alerts.keeping.access import Access
from engine.alerts.loading import Loading
from engine.alerts.requesting import Requesting, period, stale_after
from engine.alerts.sending import Sending
from engine.alerts.subscribing import Subscribing
from engine.catalogue.current import CurrentCatalogue
from engine.config import Settings
from engine.market import Market
from engine.streaming.requested import RequestedChannels
from engine.streaming.service import Streaming
from engine.telemetry.metrics import AlertCounts
from engine.upstream.host_clock import HostClock

INQUIRIES_AT_ONCE = 4
SENDINGS_AT_ONCE = 64
"""Threads start on demand. Under gevent they are greenlets."""


class Sources(msgspec.Struct, frozen=True):
    """The services that alerts use. Without `streaming`, rules use requests."""

    market: Market
    catalogue: CurrentCatalogue
    streaming: Streaming | None
    clock: HostClock
    owners: Callable[[], Collection[str]]
    """Returns the names of all current keys. Rules of other owners are not evaluated."""


class RulesPublisher:
    """A publisher whose messages go to rules alone."""

    def __init__(self, put: Callable[[ChannelMessage], None]) -> None:
        self._put = put

    def publish(
        self, channel: str, body: Mapping[str, object], *, conflated: bool, reached: int | None = None
    ) -> None:
        """Pass on a message, without a cursor."""
        self._put(ChannelMessage(channel, body, None, time.monotonic()))

    def ended(self, channel: str) -> None:
        """Do nothing, since rules keep the last values."""

    def forgotten(self, channel: str) -> None:
        """Do nothing, since no state of series is kept here."""


Wake = Callable[[], None]
Begin = Callable[[Wake], tuple[Evaluating, Delivering]]
"""Builds evaluation and delivery, which call a function when they have work."""


class Alerts(msgspec.Struct, frozen=True):
    """The parts that requests and the job share."""

    access: Access
    sending: Sending
    begin: Begin


def build(settings: Settings, sources: Sources, counts: AlertCounts) -> Alerts:
    """Return the parts for an application."""
    access = Access(settings, sources.clock.corrected)
    sending = Sending(Channels(settings.alert_targets_file), private=settings.alert_private_targets)
    return Alerts(access, sending, builder(settings, access, sources, sending, counts))


def builder(
    settings: Settings,
    access: Access,
    sources: Sources,
    sending: Sending,
    counts: AlertCounts,
    pool_of: Callable[[int], Executor] = ThreadPoolExecutor,
) -> Begin:
    """Return a function that builds evaluation and delivery."""

    def begin(wake: Wake) -> tuple[Evaluating, Delivering]:
        evaluating = _evaluating(settings, access, sources, counts, wake, pool_of(INQUIRIES_AT_ONCE))
        return evaluating, Delivering(access, sending, pool_of(SENDINGS_AT_ONCE), counts, wake)

    return begin


def _evaluating(
    settings: Settings, access: Access, sources: Sources, counts: AlertCounts, wake: Wake, pool: Executor
) -> Evaluating:
    market, catalogue, clock = sources.market, sources.catalogue, sources.clock

    def now() -> int:
        return int(clock.corrected() * 1000)

    loading = Loading(lambda: catalogue.catalogue, clock.corrected)
    ttl = settings.cache_ttl_prices
    evaluating = Evaluating(access, loading, counts, wake, now, sources.owners, stale_after(ttl))
    inquiries = Inquiries(market, catalogue)
    publisher = RulesPublisher(evaluating.put)
    indicators = RequestedChannels(
        market, publisher, pool, lambda one: one.pair_in(catalogue.catalogue), now, lambda _: None
    )
    requesting = Requesting(inquiries, indicators, publisher, pool, now, period(ttl))
    evaluating.connect(Subscribing(sources.streaming, inquiries, requesting, pool, evaluating.put, now))
    return evaluating
