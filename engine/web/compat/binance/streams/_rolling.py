"""Streams that are computed from the last candles of a market: its day, and its average price."""

import logging

from engine.catalogue.joined import JoinedMarket
from engine.errors import ApiError
from engine.streaming.log import Message
from engine.telemetry.request_id import with_new_id
from engine.web.compat import _use_cases
from engine.web.compat.binance import _days, _exchange
from engine.web.compat.binance.streams._messages import CandleMessage, candle_of
from engine.web.compat.binance.streams._names import StreamName
from engine.web.compat.binance.streams._payloads import Body, average, day
from engine.web.compat.binance.streams._stream import Options, Stream, Ways, pair_of
from providers import INTERVALS, Candle, Interval

RETRY = 10_000
"""Milliseconds between two requests for the candles until one succeeds."""

log = logging.getLogger(__name__)


class RollingStream(Stream):
    """Begins with requested candles, and continues with those of the engine's channel."""

    step: Interval
    count: int

    def __init__(self, name: StreamName, options: Options, ways: Ways, market: JoinedMarket) -> None:
        super().__init__(name, options, ways)
        self._market = market
        self._channels: list[str] = []
        self._candles: dict[int, Candle] = {}
        self._last: CandleMessage | None = None
        self._loaded = False
        self._due = self._sent = 0
        self._changed = False

    def begin(self) -> None:
        """Subscribe to the engine's channel of candles."""
        self._candles, self._loaded, self._due = {}, False, 0
        self._channels = self._ways.streaming.named(
            [f"candles:{pair_of(self._market).symbol}:{self.step.code}"]
        )
        self._ways.streaming.hub.subscribe(self, self._channels)

    def end(self) -> None:
        """Unsubscribe from the channel."""
        self._ways.streaming.hub.unsubscribe(self, self._channels)

    def deliver(self, message: Message) -> None:
        """Store a candle of the channel for the next payload."""
        found = candle_of(message)
        if found is not None:
            self._last, self._changed = found, True
            self._candles[found.data.timestamp] = found.candle

    def tick(self, now: int) -> None:
        """Request the first candles until they have come, then publish changes at the stream's interval."""
        if not self._loaded:
            if now >= self._due:
                self._due = now + RETRY
                self._ways.pool.submit(with_new_id("stream", self._load))
        elif self._changed and now - self._sent >= self.name.each:
            self._changed, self._sent = False, now
            while len(self._candles) > self.count:
                del self._candles[min(self._candles)]
            body = self.body([self._candles[time] for time in sorted(self._candles)], now)
            if body is not None:
                origin = (
                    {} if self._last is None else {"source": self._last.source, "quote": self._last.quote}
                )
                self.publish(body, now, conflated=True, origin=origin)

    def body(self, candles: list[Candle], now: int) -> Body | None:
        """Return the payload, `None` if the candles are insufficient."""
        raise NotImplementedError

    @property
    def traded(self) -> int | None:
        """The time of the last trade by the venue's messages (Unix milliseconds), `None` before any."""
        return None if self._last is None else self._last.source_time or self._last.received_at

    def _load(self) -> None:
        if not self.used:
            return  # clients may come and go faster than candles are read
        try:
            with self._ways.within():
                found = _use_cases.candles(_exchange.requested(self._market), self.step, self.count)
        except ApiError as error:
            log.debug("request for the candles of %s failed: %s", self.name.text, error)
            return
        self._candles = {it.open_time: it for it in found.candles} | self._candles
        self._loaded = self._changed = True


class DayStream(RollingStream):
    """The last 24 hours of a market, from candles of five minutes."""

    step, count = _days.STEP, _days.COUNT

    def body(self, candles: list[Candle], now: int) -> Body | None:
        """Return the statistics of the day."""
        found = _days.of_candles(self._market.symbol, candles, now / 1000)
        if found is None:
            return None
        return day(self.name.kind, self._market.symbol, found, now, self._options.unit)


class AverageStream(RollingStream):
    """The average price of five minutes, weighted by volume, from candles of one minute."""

    step, count = INTERVALS["1m"], _days.MINUTES + 1

    def body(self, candles: list[Candle], now: int) -> Body | None:
        """Return the average, `None` if the venue has no volumes."""
        found = _days.average(candles, now / 1000, self.step)
        if found is None:
            return None
        traded = found[1] if self.traded is None else self.traded
        return average(self._market.symbol, found[0], traded, now, self._options.unit)
