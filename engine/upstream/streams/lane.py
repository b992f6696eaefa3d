"""One venue's view of a series: its running candle, its closed ones, and when it was last heard."""

import msgspec
from msgspec.structs import replace

from engine.upstream.streams.changes import SourceReason
from engine.upstream.streams.lateness import LATE, Lateness
from providers import Candle, Interval, StreamedCandle

KEPT = 100
"""Closed candles that are remembered, so that a late change of one is noticed."""
SILENCE = 4_000
"""Milliseconds without data after which a venue is silent, if another one has sent some."""
SETTLED = 10_000
"""Milliseconds after the end of an interval from which a request is believed that has no candle of it."""
EARLY = 5_000
"""Milliseconds before the end of an interval from which a venue's clock may say that it is over."""


class Lane(msgspec.Struct):
    """What one venue has said about a series. `says_closed` tells whether it flags closed candles.

    Those that are `built` of its trades are compared with its own afterwards.

    `unsettled` are open times whose candle is over, while its final state is unknown: the venue went on to
    the next one without a flag, or after a pause. A request has given the candles that there are from
    `looked_from` to `looked_to`. `heard` is the time of the last data of the stream, `None` before.
    """

    venue: str
    interval: Interval
    says_closed: bool
    running: StreamedCandle | None = None
    closed: dict[int, Candle] = msgspec.field(default_factory=dict)
    unsettled: set[int] = msgspec.field(default_factory=set)
    heard: int | None = None
    looked_from: int | None = None
    looked_to: int | None = None
    connected_at: int | None = None
    built: bool = False
    met: bool = False
    """Whether it has had a connection."""
    answered: int | None = None
    """When a request was last answered, `None` where the last one failed."""
    lateness: Lateness = msgspec.field(default_factory=Lateness)
    stopped: bool = False
    """Whether every series of its connection is silent, though other venues send."""

    @property
    def connected(self) -> bool:
        """Whether its connection is open."""
        return self.connected_at is not None

    def silent_since(self, now: int) -> int:
        """Return the time of its last data, or that of its connection before any."""
        heard = -1 if self.heard is None else self.heard
        return max(heard, now if self.connected_at is None else self.connected_at)

    def silence(self, now: int) -> SourceReason | None:
        """Return why it is silent, `None` where it is not. A quiet market is silent at all venues."""
        if not self.connected:
            return "disconnected"
        return "silent" if self.stopped or now - self.silent_since(now) >= SILENCE else None

    def spoke(self, now: int, within: int) -> bool:
        """Return whether it can serve, and has sent data in the last milliseconds."""
        serves = self.connected and not self.stopped
        return serves and self.heard is not None and now - self.heard < within

    def is_unsettled_after(self, last_closed: int | None) -> bool:
        """Return whether the final state of a candle is unknown that is not told yet."""
        return any(last_closed is None or time > last_closed for time in self.unsettled)

    @property
    def newest(self) -> int | None:
        """The newest open time that it knows, `None` before its first candle."""
        times = [*self.closed, *([] if self.running is None else [self.running.candle.open_time])]
        return max(times, default=None)

    def receive(self, event: StreamedCandle, now: int) -> None:
        """Add a candle of the stream. One that is older than the running candle changes a closed one.

        A frame that arrives late says nothing about now: only the end of a candle is taken from it.
        """
        pause, time = now - self.silent_since(now), event.candle.open_time
        if event.closed and self.interval.after(time) - now > EARLY:
            event = replace(event, closed=False)
        if not event.seed:
            if event.sent is None or self.lateness.of(event.sent, now) < LATE:
                self.heard = now
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
        """Return whether the running candle was sent after an event: two connections may be open at once."""
        running = self.running
        return (
            running is not None
            and running.candle.open_time == event.candle.open_time
            and None not in (running.sent, event.sent)
            and (event.sent or 0) < (running.sent or 0)
        )

    def looked(self, candles: list[Candle], first: int, last: int, now: int) -> None:
        """Add the candles that a request has given for the open times from `first` to `last`."""
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
        """Return whether a request has said which candles there are at an open time."""
        return (
            self.looked_from is not None
            and self.looked_to is not None
            and self.looked_from <= time <= self.looked_to
        )

    def _reached(self, candles: list[Candle], last: int, now: int) -> int:
        """Return the last open time whose candle a request would have had: venues list them with delay."""
        newest = max((candle.open_time for candle in candles), default=0)
        settled = self.interval.after(self.interval.open_time(now - SETTLED), -1)
        return min(last, max(settled, self.interval.after(newest, -1)))

    def lost(self) -> None:
        """Forget the running candle of a connection that was lost: its end may never have been sent."""
        self.connected_at = self.heard = self.running = None
        self.lateness = Lateness()

    def _newer(self, candle: Candle, now: int) -> bool:
        """Return whether the stream has sent more than a request, which may have taken a while."""
        if self.running is None:
            return False
        recent = self.connected and self.heard is not None and now - self.heard < SILENCE
        return recent or self.running.candle.open_time > candle.open_time

    def _passed(self, before: StreamedCandle, *, certain: bool) -> None:
        """Note that the venue went on to a later candle. After a pause the end of it may be lost."""
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
