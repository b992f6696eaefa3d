"""One series of candles from several venues, of which one serves at a time. Pure: each call gets the time.

Each candle closes once and in order. The running candle is always that of one venue. After a change of the
venue it is the other one's complete candle, so that its high and its volume may fall. An uncertain candle is
requested first, and later candles wait for the answer.
"""

from collections.abc import Iterator, Sequence

import msgspec

from engine.upstream.streams.changes import (
    Change,
    Closed,
    Corrected,
    Forming,
    Look,
    Missing,
    SourceChanged,
    SourceReason,
)
from engine.upstream.streams.confirmation import Confirmation
from engine.upstream.streams.lane import KEPT, SILENCE, Lane
from engine.upstream.streams.looking import Looking
from providers import Candle, Interval, StreamedCandle

ANSWERS = 60_000
"""Milliseconds for which a venue counts as available after it has answered a request."""
LONGEST_QUIET = 60_000
"""Milliseconds without data after which a standby cannot replace a lost connection."""


class Published(msgspec.Struct, frozen=True):
    """A closed candle as it was published."""

    venue: str
    candle: Candle
    revision: int = 0


class Feed:
    """The series of one pair and interval. `lanes` are those of the venues in the order of preference."""

    def __init__(self, interval: Interval, lanes: Sequence[Lane], last_closed: int | None = None) -> None:
        self.lanes = {lane.venue: lane for lane in lanes}
        self.source = self._announced = lanes[0].venue
        self._interval = interval
        self._preferred = lanes[0].venue
        self.last_closed = last_closed
        """The open time of the last closed candle, or of the one before the first."""
        self._published: dict[int, Published] = {}
        self._forming: Candle | None = None
        self._confirmation = Confirmation()
        self._begun: int | None = None
        self._looking = Looking(interval)

    def receive(self, venue: str, event: StreamedCandle, now: int) -> list[Change]:
        """Add a candle of a venue's stream, and return the changes to publish."""
        lane = self.lanes[venue]
        lane.receive(event, now)
        past = self.last_closed is not None and event.candle.open_time <= self.last_closed
        return [*(self._corrections(lane) if past else ()), *self._advance(now)]

    def looked(self, look: Look, candles: Sequence[Candle], now: int) -> list[Change]:
        """Add the candles of a look, and return the changes to publish."""
        self._looking.answered(look)
        lane = self.lanes[look.venue]
        lane.looked([*candles], look.first, look.last, now)
        if look.venue == self.source:
            self._confirmation.confirm(now)
        return [*self._corrections(lane), *self._advance(now)]

    def failed(self, look: Look, now: int) -> list[Change]:
        """Note a failed look. While no venue streams, try the next one, announced with its first candle."""
        self.lanes[look.venue].answered = None
        speaks = any(lane.spoke(now, LONGEST_QUIET) for lane in self.lanes.values())
        if look.venue != self.source or speaks:
            return []
        venues = [*self.lanes]
        following = venues[(venues.index(self.source) + 1) % len(venues)]
        if following != self.source:
            self.source, self._forming = following, None
        return [*self._advance(now)]

    def unchanged(self, venue: str, now: int) -> list[Change]:
        """Note that a venue has confirmed its running candle as unchanged, so that it is not silent."""
        lane = self.lanes[venue]
        if lane.connected:
            lane.received_at = now
        return [*self._advance(now)]

    def connected(self, venue: str, now: int, *, connected: bool) -> list[Change]:
        """Note that a venue's connection was opened or lost, and return the changes to publish."""
        lane = self.lanes[venue]
        if not connected:
            lane.lost()
        else:
            lane.connected_at, lane.met = now, True
            self._looking.recheck(venue, self.last_closed)
        return self.tick(now)

    def tick(self, now: int) -> list[Change]:
        """Return the changes to publish that time alone causes."""
        return [*self._advance(now), *self._confirmation.tick(now)]

    def looks(self, now: int) -> list[Look]:
        """Return the looks that are due and not yet under way."""
        return self._looking.due(self.lanes, self.source, self.last_closed, now)

    def _advance(self, now: int) -> Iterator[Change]:
        yield from self._take_over(now)
        lane = self.lanes[self.source]
        if self.last_closed is None:
            newest = lane.newest
            if newest is None:
                return
            begun = newest if lane.running is not None else self._interval.after(newest)
            self.last_closed = self._interval.after(begun, -1)
        while True:
            lane = self.lanes[self.source]
            due = self._interval.after(self.last_closed)
            if (candle := lane.closed.get(due)) is not None:
                yield from self._serves(lane)
                yield self._close(lane, candle, now)
                yield from self._way_back(now)
            elif lane.knows(due) and due not in lane.unsettled and not _runs(lane, due):
                yield from self._serves(lane)
                yield self._skip(due)
            else:
                break
        running = lane.running
        if running is not None and running.candle.open_time == due:
            if lane.received_at is not None:
                self._confirmation.confirm(lane.received_at)
            if running.candle != self._forming:
                yield from self._serves(lane)
                self._forming = running.candle
                yield Forming(lane.venue, running.candle, running.sent)

    def _close(self, lane: Lane, candle: Candle, now: int) -> Change:
        self.last_closed, self._forming = candle.open_time, None
        self._confirmation.confirm(now)
        self._published[candle.open_time] = Published(lane.venue, candle)
        if lane.built:
            self._looking.check(lane.venue, candle.open_time)
        while len(self._published) > KEPT:
            del self._published[min(self._published)]
        return Closed(lane.venue, candle)

    def _skip(self, time: int) -> Change:
        self.last_closed, self._forming = time, None
        return Missing(time, time, "no_trades")

    def _corrections(self, lane: Lane) -> Iterator[Change]:
        """Yield corrections of published candles of this venue."""
        for time, published in self._published.items():
            newer = lane.closed.get(time)
            if published.venue == lane.venue and newer is not None and newer != published.candle:
                revision = published.revision + 1
                self._published[time] = Published(lane.venue, newer, revision)
                yield Corrected(lane.venue, newer, published.candle, revision)

    def _take_over(self, now: int) -> Iterator[Change]:
        source, self._begun = self.lanes[self.source], now if self._begun is None else self._begun
        reason = source.silence(now)
        if reason is None or (not source.met and now - self._begun < SILENCE):
            return  # the first connection of the source may take longer than that of its standby
        within = SILENCE if reason == "silent" and not source.stopped else LONGEST_QUIET
        for lane in self.lanes.values():
            if lane.venue != self.source and lane.spoke(now, within):
                yield from self._change(lane, reason)
                return

    def _way_back(self, now: int) -> Iterator[Change]:
        """Return to a preferred venue between two candles. Without streams, an answered request suffices."""
        floor = not self.lanes[self.source].connected
        for lane in self.lanes.values():
            if lane.venue == self.source:
                return
            answers = floor and lane.answered is not None and now - lane.answered < ANSWERS
            if (lane.spoke(now, SILENCE) or answers) and not lane.is_unsettled_after(self.last_closed):
                yield from self._change(lane, "recovered")
                return

    def _change(self, lane: Lane, reason: SourceReason) -> Iterator[Change]:
        self.source, self._forming = lane.venue, None
        yield from self._serves(lane, reason)

    def _serves(self, lane: Lane, reason: SourceReason = "disconnected") -> Iterator[Change]:
        """Announce that a venue serves from now on, unless it is already announced."""
        if lane.venue != self._announced:
            before, self._announced = self._announced, lane.venue
            yield SourceChanged(before, lane.venue, reason)


def _runs(lane: Lane, time: int) -> bool:
    return lane.running is not None and lane.running.candle.open_time == time
