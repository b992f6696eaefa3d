"""Streams of candles: each closes exactly once, before the next one begins."""

from engine.catalogue.joined import JoinedMarket
from engine.streaming.log import Message
from engine.web.compat.binance.streams._messages import candle_of
from engine.web.compat.binance.streams._names import StreamName
from engine.web.compat.binance.streams._payloads import kline
from engine.web.compat.binance.streams._stream import Options, Stream, Ways, pair_of
from providers import Interval


class KlineStream(Stream):
    """The candles of one market and interval, without corrections, which Binance's format lacks."""

    def __init__(
        self, name: StreamName, options: Options, ways: Ways, market: JoinedMarket, interval: Interval
    ) -> None:
        super().__init__(name, options, ways)
        self._market = market
        self._interval = interval
        self._channels: list[str] = []

    def begin(self) -> None:
        """Subscribe to the engine's channel, whose newest candle is the state."""
        hub = self._ways.streaming.hub
        text = f"candles:{pair_of(self._market).symbol}:{self._interval.code}"
        self._channels = self._ways.streaming.named([text])
        for channel in self._channels:
            if (newest := hub.log.newest(channel)) is not None:
                self.deliver(newest)
        hub.subscribe(self, self._channels)

    def end(self) -> None:
        """Unsubscribe from the channel."""
        self._ways.streaming.hub.unsubscribe(self, self._channels)

    def deliver(self, message: Message) -> None:
        """Translate a message of the channel."""
        found = candle_of(message)
        if found is not None:
            body = kline(self._market.symbol, self._interval, found, self._options.unit)
            origin = {"source": found.source, "quote": found.quote}
            self.publish(body, found.received_at, conflated=not found.closed, origin=origin)
