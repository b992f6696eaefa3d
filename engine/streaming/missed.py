"""The messages for a client with an expired cursor: closed candles from the history, then snapshots.

Candles come from the archive, and from a provider where the archive lacks them.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import cast

from engine.errors import ApiError
from engine.market.candles.request import CandleRequest
from engine.market.candles.slices import CandleSlice
from engine.streaming import messages
from engine.streaming.catching_up import closed_since
from engine.streaming.channels import Channel
from engine.streaming.cursors import Cursor, Place
from engine.streaming.hub import Hub
from engine.streaming.log import Message
from engine.streaming.publishing import placed
from engine.upstream import BACKGROUND
from engine.upstream.streams.changes import Closed, GapReason, Missing
from engine.upstream.streams.lane import SETTLED
from providers import Interval, Pair, Window

MOST = 1000
"""Most closed candles of a channel in a replay. Older ones become a `gap`."""
UNPUBLISHED = SETTLED + 5_000
"""Milliseconds after its end within which a candle may be unpublished. A replay repeats such candles."""
RESET = b'{"type":"reset","reason":"the cursor is too old"}'
LOST = "0"
"""The epoch of no sequence: a client that resumes from such a cursor gets the history since its time."""

log = logging.getLogger(__name__)


class Missed:
    """Replays the history since a cursor. `slice_of` may wait for the archive or a provider."""

    def __init__(
        self,
        hub: Hub,
        channel_of: Callable[[str], Channel | None],
        pair_of: Callable[[Channel], Pair],
        slice_of: Callable[[CandleRequest], CandleSlice],
        pool: Executor,
    ) -> None:
        self._hub = hub
        self._channel_of = channel_of
        self._pool = pool
        self._pair_of = pair_of
        self._slice_of = slice_of

    def history(self, cursor: Cursor, names: Sequence[str], *, fed: bool = True) -> list[Message]:
        """Return the closed candles and the gaps since the time of a cursor, in their order.

        The history of a channel ends where this worker's sequence continues it. Unless the channels will be
        `fed`, the sequence continues only those that are fed now. The messages' cursors belong to no
        sequence, so that a client that resumes from one gets the rest of the history.
        """
        order = {name: number for number, name in enumerate(sorted(names))}
        going = [name for name in names if fed or self._hub.log.newest(name) is not None]
        ends = dict.fromkeys(names) | {name: self._hub.log.reached.get(name) for name in going}
        parts = self._pool.map(lambda name: [*self._history(name, order[name], cursor, ends[name])], names)
        return sorted((one for part in parts for one in part), key=lambda message: message.place)

    def page(self, cursor: Cursor, names: Sequence[str], most: int) -> tuple[list[bytes], str, bool]:
        """Return a replay for an expired cursor, the next cursor, and whether there are more messages."""
        place = self._hub.log.last
        found = self.history(cursor, names, fed=False)
        if len(found) >= most:
            return (
                [RESET, *(one.body for one in found[: most - 1])],
                str(Cursor(LOST, found[most - 2].place)),
                True,
            )
        found += closed_since(self._hub, place, names, [*found])
        found += self.snapshots(names)
        return [RESET, *(one.body for one in found)], self._hub.cursor(), False

    def snapshots(self, names: Sequence[str]) -> Iterator[Message]:
        """Yield the newest state of each channel."""
        for name in names:
            newest = self._hub.log.newest(name)
            if newest is not None:
                yield newest.snapshot()

    def _history(self, name: str, number: int, cursor: Cursor, last: int | None) -> Iterator[Message]:
        """Yield the closed candles of a channel up to `last`. `number` orders those of one time."""
        channel = self._channel_of(name)
        if channel is None or channel.kind != "candles" or channel.interval is None or channel.pair is None:
            return
        interval = channel.interval
        first = interval.open_time(cursor.place.time - UNPUBLISHED)
        if last is None:
            last = interval.after(interval.open_time(self._hub.now()), -1)
        start = max(first, interval.after(last, 1 - MOST))
        if first < start:
            yield self._gap(name, number, interval, Missing(first, interval.after(start, -1), "too_many"))
        if start > last:
            return
        request = CandleRequest(
            channel.pair.symbol,
            self._pair_of(channel),
            interval,
            Window(interval.count(start, last), start, last),
            closed_only=True,
            venue=channel.pair.venue,
            share=BACKGROUND,
        )
        try:
            found = self._slice_of(request)
        except ApiError as error:
            log.info("request for the history of %s failed: %s", name, error)
            yield self._gap(name, number, interval, Missing(start, last, "not_fetched"))
            return
        after = cursor.place if cursor.epoch == LOST else Place(0, 0)
        for message in self._messages(name, number, interval, found):
            if message.place > after:
                yield message

    def _messages(self, name: str, number: int, interval: Interval, found: CandleSlice) -> Iterator[Message]:
        filled, now = dict(found.filled), self._hub.now()
        for candle in found.candles:
            source = filled.get(candle.open_time, found.source or "")
            body = messages.candle(Closed("", candle), found.quote, source, now)
            place = Place(interval.after(candle.open_time), number)
            yield placed(LOST, place, name, body, conflated=False, reached=candle.open_time)
        for (first, last), reason in zip(found.gaps, found.reasons, strict=True):
            yield self._gap(name, number, interval, Missing(first, last, cast(GapReason, reason)))

    def _gap(self, name: str, number: int, interval: Interval, gap: Missing) -> Message:
        place = Place(interval.after(gap.last), number)
        return placed(LOST, place, name, messages.gap(gap), conflated=False, reached=gap.last)
