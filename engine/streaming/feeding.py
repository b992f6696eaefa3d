"""Feed the wanted candles and prices from venues' streams, and from requests where venues have no stream.

Among workers that share a Redis it runs in the leader alone. It chooses the topics of each venue, routes
their data to series and prices, and makes the requests that those need.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from functools import partial

from engine.catalogue.pairs import asset_of
from engine.errors import ApiError
from engine.streaming.channels import Channel
from engine.streaming.liveness import Liveness
from engine.streaming.prices import LivePrice
from engine.streaming.publishing import Publisher
from engine.streaming.routing import Routes, first_of, routes_of
from engine.streaming.series import CandleSeries, Seat
from engine.streaming.sources import Sources
from engine.streaming.venues import Venues
from engine.telemetry.request_id import with_new_id
from engine.upstream.streams.changes import Look
from engine.upstream.streams.session import Data
from providers import (
    LastTrade,
    ProviderError,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
)

PRICES_EACH = 10_000
"""Milliseconds between two requests for the price of a wanted coin."""

log = logging.getLogger(__name__)


class Feeding:
    """Feeds the wanted channels, of which venues stream `most` at most. Times are Unix milliseconds.

    `reached` returns the open time of the last candle that a channel has published as closed or missing. Its
    series continues after that candle.
    """

    def __init__(
        self,
        venues: Venues,
        sources: Sources,
        publisher: Publisher,
        pool: Executor,
        *,
        clock: Callable[[], int],
        label: Callable[[str], str],
        most: int,
        reached: Callable[[str], int | None],
    ) -> None:
        self._venues = venues
        self._sources = sources
        self._publisher = publisher
        self._pool = pool
        self._clock = clock
        self._label = label
        self._most = most
        self._reached = reached
        self._lock = threading.RLock()
        self._series: dict[str, CandleSeries] = {}
        self._prices: dict[str, tuple[Channel, LivePrice]] = {}
        self._routes = Routes()
        self._liveness = Liveness()
        self._seats: dict[str, list[Seat]] = {}
        self._asked: dict[str, int] = {}
        venues.receive, venues.connected = self.receive, self.connected

    @property
    def count(self) -> int:
        """The number of series and prices that are fed."""
        return len(self._series) + len(self._prices)

    def want(self, channels: Iterable[Channel]) -> None:
        """Feed these channels and no others."""
        with self._lock:
            wanted = {one.name: one for one in channels if one.kind in ("candles", "prices")}
            wanted = first_of(wanted, self._seats, self._most)
            for name in [*self._seats]:
                if name not in wanted:
                    self._seats.pop(name)
                    self._series.pop(name, None)
                    self._prices.pop(name, None)
            for name, channel in wanted.items():
                if name not in self._seats:
                    self._begin(channel)
            self._route()

    def receive(self, venue: str, data: Data, now: int) -> None:
        """Route the data of a venue to its series and prices."""
        with self._lock:
            if isinstance(data, StreamedCandle) and not data.seed:
                self._liveness.received(venue, data.name, now)
            for name in self._routes.of((venue, data.name)):
                if isinstance(data, StreamedCandle) and name in self._series:
                    self._series[name].receive(venue, data, now)
                elif isinstance(data, StreamedTrade | LastTrade) and name in self._series:
                    self._series[name].traded(venue, data, now)
                elif isinstance(data, StreamedTicker) and name in self._prices:
                    self._prices[name][1].receive(venue, data, now)

    def connected(self, venue: str, topics: Iterable[str], connected: bool) -> None:
        """Note that topics of a venue have got or lost their connection."""
        now = self._clock()
        with self._lock:
            for topic in topics:
                if not connected:
                    self._liveness.forget(venue, topic)
                for name in self._routes.of((venue, topic)):
                    if name in self._series:
                        self._series[name].connected(venue, now, connected=connected)
                    elif name in self._prices and not connected:
                        self._prices[name][1].lost(venue)

    def tick(self) -> None:
        """Publish, request and reconnect, as far as each is due."""
        now = self._clock()
        with self._lock:
            stopped = self._liveness.stopped(now, self._series.values())
            looks = [
                (name, series, look)
                for name, series in self._series.items()
                for look in series.tick(now, stopped)
            ]
            for name, (channel, live) in self._prices.items():
                live.tick(now)
                if now - self._asked.get(name, 0) >= PRICES_EACH:
                    self._asked[name] = now
                    alone = not live.is_live(now)
                    self._pool.submit(with_new_id("stream", self._request_price, name, channel, alone))
            self._route()
        for name, series, look in looks:
            self._pool.submit(with_new_id("stream", self._look, name, series, look))
        self._venues.step()

    def _begin(self, channel: Channel) -> None:
        if channel.kind == "candles" and channel.interval is not None:
            seats = self._sources.seats(channel, channel.interval)
            self._seats[channel.name] = seats
            if seats:
                self._series[channel.name] = CandleSeries(
                    channel.name,
                    channel.interval,
                    seats,
                    self._publisher,
                    self._label,
                    partial(self._sources.keep, channel),
                    self._reached(channel.name),
                )
        elif channel.kind == "prices" and channel.pair is not None:
            seats = self._sources.tickers(channel)
            self._seats[channel.name] = seats
            currencies = {seat.venue: seat.market.quote for seat in seats}
            asset = asset_of(channel.pair.base)
            live = LivePrice(channel.name, asset, currencies, self._publisher, self._label)
            self._prices[channel.name] = channel, live

    def _route(self) -> None:
        """Choose the topics of each venue, and remember the channels of each topic."""
        serving = {name: series.source.venue for name, series in self._series.items()}
        routes = routes_of(self._seats, serving, self._venues.serves)
        if routes.names.keys() != self._routes.names.keys():
            self._venues.want(routes.kinds)
        before, self._routes = self._routes, routes
        for gone in before.names.keys() - routes.names.keys():
            self._liveness.forget(*gone)
        for (venue, topic), names in routes.names.items():
            for name in set(names) - set(before.of((venue, topic))):
                if name in self._series and self._venues.is_online(venue, topic):
                    self._series[name].connected(venue, self._clock(), connected=True)

    def _look(self, name: str, series: CandleSeries, look: Look) -> None:
        candles = None
        try:
            candles = self._sources.candles(series.seats[look.venue], series.interval, look)
        except (ProviderError, ApiError) as error:
            log.debug("request to %s for candles of %s failed: %s", look.venue, name, error)
        with self._lock:
            if self._series.get(name) is series:
                series.looked(look, candles, self._clock())

    def _request_price(self, name: str, channel: Channel, alone: bool) -> None:
        try:
            found = self._sources.price(channel, alone)
        except (ProviderError, ApiError) as error:
            log.debug("request for the price of %s failed: %s", name, error)
            return
        with self._lock:
            if name in self._prices:
                self._prices[name][1].requested(found, self._clock())
