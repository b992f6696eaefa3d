"""The candles of one pair and interval, from venues' streams to published messages."""

import logging
from collections.abc import Callable, Container, Iterable, Mapping

import msgspec

from engine.analysis.candles import is_possible
from engine.streaming import messages
from engine.streaming.messages import Body
from engine.streaming.pacing import Pacer
from engine.streaming.publishing import Publisher
from engine.upstream.streams.changes import Change, Closed, Corrected, Forming, Look, Missing, SourceChanged
from engine.upstream.streams.feed import Feed
from engine.upstream.streams.lane import SILENCE, Lane
from engine.upstream.streams.trades import Lost, TradeCandles
from providers import Candle, Interval, LastTrade, Market, StreamedCandle, StreamedTrade

Keep = Callable[["Seat", Candle], None]
"""Stores a closed or corrected candle of a venue in the history."""
log = logging.getLogger(__name__)


class Seat(msgspec.Struct, frozen=True):
    """A venue that has the series: its market, the name of its topic, and whether it flags closed candles.

    The topic of a `built` series has trades, from which its candles are built.
    """

    venue: str
    market: Market
    topic: str | None
    says_closed: bool
    built: bool = False


class CandleSeries:
    """One channel of candles. `seats` are in the order of preference. Those without a topic are polled.

    The series continues after the candle that opened at `last_closed`, if given.
    """

    def __init__(
        self,
        channel: str,
        interval: Interval,
        seats: Iterable[Seat],
        publisher: Publisher,
        label: Callable[[str], str],
        keep: Keep,
        last_closed: int | None = None,
    ) -> None:
        self.channel = channel
        self.interval = interval
        self.seats: Mapping[str, Seat] = {seat.venue: seat for seat in seats}
        lanes = [
            Lane(seat.venue, interval, seat.says_closed, built=seat.built) for seat in self.seats.values()
        ]
        self._built = {seat.venue: TradeCandles(interval) for seat in self.seats.values() if seat.built}
        self._feed = Feed(interval, lanes, last_closed)
        self._publisher = publisher
        self._label = label
        self._keep = keep
        self._pacer: Pacer[str, Body] = Pacer()

    @property
    def source(self) -> Seat:
        """The venue that serves the series now."""
        return self.seats[self._feed.source]

    def surpasses(self, venue: str, now: int) -> bool:
        """Return whether another venue has sent this series while `venue` was silent."""
        lane = self._feed.lanes.get(venue)
        if lane is None or lane.silence(now) != "silent":
            return False
        return any(one.spoke(now, SILENCE) for one in self._feed.lanes.values() if one is not lane)

    def receive(self, venue: str, event: StreamedCandle, now: int) -> None:
        """Publish what a venue's candle changes. An impossible candle counts as no data."""
        if venue not in self.seats:
            return
        if not is_possible(event.candle, self.interval, now):
            log.info("%s sent an impossible candle for %s: %s", venue, self.channel, event.candle)
            return
        self._publish(self._feed.receive(venue, event, now), now)

    def traded(self, venue: str, event: StreamedTrade | LastTrade, now: int) -> None:
        """Build candles from a venue's trade or last trade. Its first complete candle begins its stream."""
        candles = self._built.get(venue)
        if candles is None:
            return
        built = candles.trade(event) if isinstance(event, StreamedTrade) else candles.last_trade(event)
        for one in built:
            if isinstance(one, Lost):
                self._publish(self._feed.connected(venue, now, connected=False), now)
                continue
            if not self._feed.lanes[venue].connected:
                self._publish(self._feed.connected(venue, now, connected=True), now)
            self._publish(self._feed.receive(venue, one, now), now)
        self._publish(self._feed.unchanged(venue, now), now)

    def connected(self, venue: str, now: int, *, connected: bool) -> None:
        """Note that a venue's connection was opened or lost. Built candles connect with their first one."""
        if venue in self._built:
            self._built[venue].reset()
            connected = False
        if venue in self.seats:
            self._publish(self._feed.connected(venue, now, connected=connected), now)

    def looked(self, look: Look, candles: list[Candle] | None, now: int) -> None:
        """Publish what the candles of a request change, `None` for a failed request."""
        feed = self._feed
        changes = feed.failed(look, now) if candles is None else feed.looked(look, candles, now)
        self._publish(changes, now)

    def tick(self, now: int, stopped: Container[str] = ()) -> list[Look]:
        """Publish what has become due, and return the requests to make.

        The connections of `stopped` venues send nothing, while other venues do.
        """
        for venue, lane in self._feed.lanes.items():
            lane.stopped = venue in stopped
        self._publish(self._feed.tick(now), now)
        for _, body in self._pacer.due(now):
            self._form(body)
        return self._feed.looks(now)

    def _publish(self, changes: Iterable[Change], now: int) -> None:
        for change in changes:
            body = self._body(change, now)
            if isinstance(change, Forming):
                if self._pacer.offer(self.channel, body, now):
                    self._form(body)
                continue
            self._pacer.drop(self.channel)
            self._publisher.publish(self.channel, body, conflated=False, reached=_end(change))
            if isinstance(change, Closed | Corrected):
                self._keep(self.seats[change.venue], change.candle)

    def _form(self, body: Body) -> None:
        """Publish the running candle. All earlier ones are published."""
        self._publisher.publish(self.channel, body, conflated=True, reached=self._feed.last_closed)

    def _body(self, change: Change, now: int) -> Body:
        match change:
            case Forming() | Closed():
                return messages.candle(change, self._quote(change.venue), self._label(change.venue), now)
            case Corrected():
                return messages.correction(change, self._quote(change.venue), self._label(change.venue), now)
            case SourceChanged():
                before, after = self._label(change.before), self._label(change.after)
                return messages.source(change, self._quote(change.after), before, after)
            case Missing():
                return messages.gap(change)
        return messages.stale(change)

    def _quote(self, venue: str) -> str:
        return self.seats[venue].market.quote


def _end(change: Change) -> int | None:
    """Return the open time of the last candle that a change reports as closed or missing, if any."""
    match change:
        case Closed():
            return change.candle.open_time
        case Missing():
            return change.last
    return None
