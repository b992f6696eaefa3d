"""One venue's view of a series: its running candle, its closed ones, and when it last sent data."""

import msgspec
from msgspec.structs import replace

from engine.upstream.streams.changes import SourceReason
from engine.upstream.streams.lateness import LATE, Lateness
from providers import Candle, Interval, StreamedCandle

KEPT = 100
"""Closed candles that are remembered, so that a late correction is noticed."""
SILENCE = 4_000
"""Milliseconds without data after which a venue counts as silent, if another one has sent some."""
SETTLED = 10_000
"""Milliseconds after the end of an interval from which a request without its candle proves a gap."""
EARLY = 5_000
"""Most milliseconds before its end at which a venue's clock may close a candle."""


class Lane(msgspec.Struct):
    """The data of one venue about a series. `says_closed` is whether it flags closed candles.

    Candles that are `built` from its trades are later compared with its own.

    `unsettled` has the open times of candles that are over without a known final state: the venue began the
    next one without a flag, or after a pause. Requests have returned all candles from `looked_from` to
    `looked_to`. `received_at` is the time of the stream's last data, `None` before any.
    """

    venue: str
    interval: Interval
    says_closed: bool
    running: StreamedCandle | None = None
    closed: dict[int, Candle] = msgspec.field(default_factory=dict)
    unsettled: set[int] = msgspec.field(default_factory=set)
    received_at: int | None = None
    looked_from: int | None = None
    looked_to: int | None = None
    connected_at: int | None = None
    built: bool = False
    met: bool = False
    """Whether the venue has been connected before."""
    answered: int | None = None
    """When the venue last answered a request, `None` after a failed one."""
    lateness: Lateness = msgspec.field(default_factory=Lateness)
    stopped: bool = False
    """Whether all series of the venue are silent, while other venues send data."""

    @property
    def connected(self) -> bool:
        """Whether the venue's connection is open."""
        return self.connected_at is not None

    def silent_since(self, now: int) -> int:
        """Return the time of the last data, before any that of the connection."""
        received = -1 if self.received_at is None else self.received_at
        return max(received, now if self.connected_at is None else self.connected_at)

    def silence(self, now: int) -> SourceReason | None:
        """Return why the venue is silent, `None` if it is not. A quiet market is silent at all venues."""
        if not self.connected:
            return "disconnected"
        return "silent" if self.stopped or now - self.silent_since(now) >= SILENCE else None

    def spoke(self, now: int, within: int) -> bool:
        """Return whether the venue can serve, and has sent data in the last `within` milliseconds."""
        serves = self.connected and not self.stopped
        return serves and self.received_at is not None and now - self.received_at < within

    def is_unsettled_after(self, last_closed: int | None) -> bool:
        """Return whether an unpublished candle has no known final state."""
        return any(last_closed is None or time > last_closed for time in self.unsettled)

    @property
    def newest(self) -> int | None:
        """The open time of the venue's newest candle, `None` before its first one."""
        times = [*self.closed, *([] if self.running is None else [self.running.candle.open_time])]
        return max(times, default=None)

    def receive(self, event: StreamedCandle, now: int) -> None:
        """Add a candle of the stream. A candle older than the running one corrects a closed one.

        A delayed frame is outdated: only a closed candle is used.
        """
        pause, time = now - self.silent_since(now), event.candle.open_time
        if event.closed and self.interval.after(time) - now > EARLY:
            event = replace(event, closed=False)
        if not event.seed:
            if event.sent is None or self.lateness.of(event.sent, now) < LATE:
                self.received_at = now
            elif not event.closed:
                return
        if event.closed:
            self._close(event.candle)
        elif self.running is None or (time >= self.running.candle.open_time and not self._outruns(event)):
            before, self.running = self.running, event
            if before is not None and before.candle.open_time < time:
                self._passed(before, certain=not self.says_closed and pause < SILENCE)
        if self.running is not None and self.running.candle.open_time in self.closed:
            self.running = None

    def _outruns(self, event: StreamedCandle) -> bool:
        """Return whether the running candle was sent after an event. Two connections may overlap."""
        running = self.running
        return (
            running is not None
            and running.candle.open_time == event.candle.open_time
            and None not in (running.sent, event.sent)
            and (event.sent or 0) < (running.sent or 0)
        )

    def looked(self, candles: list[Candle], first: int, last: int, now: int) -> None:
        """Add the candles of a request for the open times from `first` to `last`."""
        self.answered = now
        for candle in candles:
            if self.interval.after(candle.open_time) <= now:
                self._close(candle)
            elif not self._newer(candle, now):
                self.running = StreamedCandle("", candle, None)
        self.unsettled = {time for time in self.unsettled if not first <= time <= last}
        reached = self._reached(candles, last, now)
        if reached < first:
            return
        if self.looked_to is None or self.looked_from is None or first > self.interval.after(self.looked_to):
            self.looked_from, self.looked_to = first, reached
        else:
            self.looked_from = min(self.looked_from, first)
            self.looked_to = max(self.looked_to, reached)

    def knows(self, time: int) -> bool:
        """Return whether a request has proved whether there is a candle of an open time."""
        return (
            self.looked_from is not None
            and self.looked_to is not None
            and self.looked_from <= time <= self.looked_to
        )

    def _reached(self, candles: list[Candle], last: int, now: int) -> int:
        """Return the last open time whose candle a request must have included. Venues list candles late."""
        newest = max((candle.open_time for candle in candles), default=0)
        settled = self.interval.after(self.interval.open_time(now - SETTLED), -1)
        return min(last, max(settled, self.interval.after(newest, -1)))

    def lost(self) -> None:
        """Forget the running candle of a lost connection, because its last changes may be missing."""
        self.connected_at = self.received_at = self.running = None
        self.lateness = Lateness()

    def _newer(self, candle: Candle, now: int) -> bool:
        """Return whether the stream is ahead of a request's candle, since requests may be slow."""
        if self.running is None:
            return False
        recent = self.connected and self.received_at is not None and now - self.received_at < SILENCE
        return recent or self.running.candle.open_time > candle.open_time

    def _passed(self, before: StreamedCandle, *, certain: bool) -> None:
        """Note that the venue has begun a later candle. After a pause the end of the former may be lost."""
        time = before.candle.open_time
        if certain:
            self._close(before.candle)
        elif time not in self.closed:
            self.unsettled.add(time)

    def _close(self, candle: Candle) -> None:
        self.closed[candle.open_time] = candle
        self.unsettled.discard(candle.open_time)
        if self.running is not None and self.running.candle.open_time <= candle.open_time:
            self.running = None
        while len(self.closed) > KEPT:
            del self.closed[min(self.closed)]
