"""Streams of trades and best prices, passed through from one venue."""

from engine.catalogue.joined import JoinedMarket
from engine.streaming.passthrough import PassthroughKind
from engine.upstream.streams.session import Data
from engine.web.compat.binance.streams._names import Kind, StreamName
from engine.web.compat.binance.streams._payloads import passthrough
from engine.web.compat.binance.streams._stream import Options, Stream, Ways, pair_of
from providers import StreamedAggregate, StreamedBook, StreamedTrade

PASSTHROUGH: dict[Kind, PassthroughKind] = {
    "trade": "trades",
    "aggTrade": "aggregates",
    "bookTicker": "books",
}


class PassthroughStream(Stream):
    """One venue's data of a market. Slow clients get only the newest best prices."""

    def __init__(self, name: StreamName, options: Options, ways: Ways, market: JoinedMarket) -> None:
        super().__init__(name, options, ways)
        self._market = market
        self._pair = pair_of(market)
        self._kind = PASSTHROUGH[name.kind]

    def begin(self) -> None:
        """Receive from a venue. Raises `ApiError` if no venue has the stream."""
        self._ways.streaming.passthrough.join(self._pair, self._kind, self.receive)

    def end(self) -> None:
        """Stop receiving."""
        self._ways.streaming.passthrough.leave(self._pair, self._kind, self.receive)

    def receive(self, venue: str, data: Data, now: int) -> None:
        """Translate the venue's data, and publish them."""
        if isinstance(data, StreamedTrade | StreamedAggregate | StreamedBook) and self._is_meant(data):
            body = passthrough(self._market.symbol, data, now, self._options.unit)
            self.publish(body, now, conflated=isinstance(data, StreamedBook), origin={"source": venue})

    def _is_meant(self, data: StreamedTrade | StreamedAggregate | StreamedBook) -> bool:
        """Return whether data are of this stream's kind. Some venues send two kinds over one topic."""
        kinds = {"trades": StreamedTrade, "aggregates": StreamedAggregate, "books": StreamedBook}
        return isinstance(data, kinds[self._kind])
