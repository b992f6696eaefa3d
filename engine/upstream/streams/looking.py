"""Choose the candles that a series must request, because its streams leave them uncertain. Pure."""

from collections.abc import Mapping

from engine.upstream.streams.changes import Look
from engine.upstream.streams.lane import SETTLED, SILENCE, Lane
from providers import Interval

GRACE = 2_000
"""Milliseconds after the end of an interval within which its venue may still send the closed candle."""
LOOK_AGAIN = 2_000
"""Milliseconds after which an unanswered look is repeated."""
POLL = 5_000
"""Milliseconds between two requests while the stream of the serving venue sends no data."""
QUIET = 10_000
"""Milliseconds without data after which a request confirms a series, which may have no trades."""
PROBE = 30_000
"""Milliseconds between two requests to the preferred venue while another one serves by requests."""
RECHECKED = 3
"""Number of closed candles that are requested again after a reconnection."""


class Looking:
    """Chooses the due looks, and remembers those under way."""

    def __init__(self, interval: Interval) -> None:
        self._interval = interval
        self._begun: dict[Look, int] = {}
        self._again: dict[str, Look] = {}
        self._checks: dict[Look, int] = {}
        self._polled = -POLL
        self._probed = 0

    def recheck(self, venue: str, last_closed: int | None) -> None:
        """Request the last closed candles again, because their corrections may have been missed."""
        if last_closed is not None:
            self._again[venue] = Look(venue, self._interval.after(last_closed, 1 - RECHECKED), last_closed)

    def check(self, venue: str, time: int) -> None:
        """Compare a closed candle with the venue's own, once the venue lists it.

        While requests fail, the oldest checks are dropped.
        """
        self._checks[Look(venue, time, time)] = self._interval.after(time) + SETTLED
        while len(self._checks) > RECHECKED:
            del self._checks[next(iter(self._checks))]

    def answered(self, look: Look) -> None:
        """Note that a look was answered."""
        self._checks.pop(look, None)
        if look == self._again.get(look.venue):
            del self._again[look.venue]

    def due(self, lanes: Mapping[str, Lane], source: str, last_closed: int | None, now: int) -> list[Look]:
        """Return the looks that are due and not yet under way."""
        without = self._needed(lanes[source], last_closed, now)
        needed = (
            without,
            *(look for look in self._again.values() if lanes[look.venue].connected),
            *(look for look, due in self._checks.items() if due <= now),
            self._poll(lanes[source], last_closed, now, needed=without is not None),
            self._probe(lanes, source, last_closed, now),
        )
        due = [
            look
            for look in needed
            if look is not None and now - self._begun.get(look, -LOOK_AGAIN) >= LOOK_AGAIN
        ]
        recent = {look: begun for look, begun in self._begun.items() if now - begun < LOOK_AGAIN}
        self._begun = recent | dict.fromkeys(due, now)
        return due

    def _needed(self, lane: Lane, last_closed: int | None, now: int) -> Look | None:
        """Return the look without which the series cannot continue."""
        if last_closed is None:
            return None
        due, newest = self._interval.after(last_closed), lane.newest
        over = self._interval.after(due) + GRACE <= now
        passed = newest is not None and newest > due
        if not (over or passed) or due in lane.closed:
            return None
        last = self._interval.after(self._interval.open_time(now), -1)
        return Look(lane.venue, due, max(due, last))

    def _poll(self, lane: Lane, last_closed: int | None, now: int, *, needed: bool) -> Look | None:
        """Return the look that replaces a stream without data, or confirms a quiet market."""
        if lane.received_at is not None and (needed or now - max(lane.received_at, self._polled) < QUIET):
            return None
        awaited = lane.connected_at is not None and now - lane.connected_at < SILENCE
        if awaited or now - self._polled < POLL:
            return None
        self._polled = now
        running = self._interval.open_time(now)
        first = running if last_closed is None else self._interval.after(last_closed)
        return Look(lane.venue, min(first, running), running)

    def _probe(
        self, lanes: Mapping[str, Lane], source: str, last_closed: int | None, now: int
    ) -> Look | None:
        """Return the look that tests whether the preferred venue answers again."""
        preferred = next(iter(lanes))
        if preferred == source or lanes[source].connected or last_closed is None:
            return None
        if now - self._probed < PROBE:
            return None
        self._probed = now
        return Look(preferred, last_closed, last_closed)
