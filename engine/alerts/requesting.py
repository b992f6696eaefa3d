"""Request prices and candles every few seconds, where streams are disabled."""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor

from engine.alerts.confirming import Inquiries
from engine.errors import ApiError
from engine.streaming.channels import Channel
from engine.streaming.publishing import Publisher
from engine.streaming.requested import RequestedChannels
from engine.telemetry.request_id import with_new_id

MOST_SECONDS = 10.0
"""The most seconds between two requests."""
CANDLES_STALE_AFTER = 15_000
"""Milliseconds without an answer after which candles are stale, as in streams."""

log = logging.getLogger(__name__)


def period(ttl_of_prices: float) -> float:
    """Return the seconds between two requests for prices."""
    return min(ttl_of_prices, MOST_SECONDS)


def stale_after(ttl_of_prices: float) -> float:
    """Return the seconds after which a price is stale for rules."""
    return max(MOST_SECONDS, 2 * period(ttl_of_prices))


class Requesting:
    """Publishes the results of requests, as streams would. `clock` returns Unix milliseconds."""

    def __init__(
        self,
        inquiries: Inquiries,
        indicators: RequestedChannels,
        publisher: Publisher,
        pool: Executor,
        clock: Callable[[], int],
        seconds: float,
    ) -> None:
        self._inquiries = inquiries
        self._indicators = indicators
        self._publisher = publisher
        self._pool = pool
        self._clock = clock
        self._period = int(seconds * 1000)
        self._due = 0
        self._closed: dict[str, int] = {}
        self._answered: dict[str, int] = {}

    def tick(self, channels: Mapping[str, Channel]) -> None:
        """Request the channels that are due."""
        self._indicators.tick(channels.values())
        for known in (self._closed, self._answered):
            for name in known.keys() - channels.keys():  # a channel that comes back starts anew
                known.pop(name, None)
        now = self._clock()
        if now < self._due or not channels:
            return
        self._due = now + self._period
        prices = [one for one in channels.values() if one.kind == "prices"]
        if prices:
            self._submit(self._prices, prices, (now - self._period) / 1000)
        for channel in channels.values():
            if channel.kind == "candles":
                self._submit(self._candles, channel)

    def _submit(self, work: Callable[..., None], *arguments: object) -> None:
        self._pool.submit(with_new_id("alerts", work, *arguments))

    def _prices(self, channels: Iterable[Channel], since: float) -> None:
        try:
            for name, body in self._inquiries.prices(channels, since):
                self._publisher.publish(name, body, conflated=True)
        except ApiError as error:
            log.debug("no prices for alert rules: %s", error)

    def _candles(self, channel: Channel) -> None:
        try:
            found = [*self._inquiries.candles(channel, self._clock())]
        except ApiError as error:
            log.debug("no candles of %s for alert rules: %s", channel.name, error)
            self._check_staleness(channel.name)
            return
        if found:
            self._answered[channel.name] = self._clock()
        for body in found:
            opened = body["data"]["timestamp"]
            if body["closed"] and self._closed.get(channel.name, -1) >= opened:
                continue
            if body["closed"]:
                self._closed[channel.name] = opened
            self._publisher.publish(channel.name, body, conflated=not body["closed"])

    def _check_staleness(self, name: str) -> None:
        """Publish once that candles are stale. The next answer publishes the last closed one again."""
        answered, now = self._answered.get(name), self._clock()
        if answered is not None and now - answered >= CANDLES_STALE_AFTER:
            self._answered.pop(name, None)
            self._closed.pop(name, None)
            body = {"type": "stale", "ageSeconds": (now - answered) / 1000}
            self._publisher.publish(name, body, conflated=False)
