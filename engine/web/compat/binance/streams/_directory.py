"""All of Binance's streams with clients in this worker, each translated once for all its clients."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import gevent

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.joined import joined_market
from engine.errors import ApiError
from engine.streaming.service import Streaming
from engine.web.compat.binance.streams._arrays import ArrayStream
from engine.web.compat.binance.streams._klines import KlineStream
from engine.web.compat.binance.streams._names import Declined, read_name
from engine.web.compat.binance.streams._passthrough import PASSTHROUGH, PassthroughStream
from engine.web.compat.binance.streams._rolling import AverageStream, DayStream
from engine.web.compat.binance.streams._stream import Options, Receiver, Stream, Ways, pair_of

AT_ONCE = 4
"""Concurrent requests for the initial values of streams."""
TOGETHER = 50
"""Streams that are updated without a pause."""


class BinanceStreams:
    """Finds streams by their names, and updates those with clients. `tick` must be called often."""

    def __init__(
        self,
        streaming: Streaming,
        catalogue: CurrentCatalogue,
        within: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self.streaming = streaming
        self._catalogue = catalogue
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="binance-stream")
        self._ways = Ways(streaming, pool, within)
        self._streams: dict[tuple[str, Options], Stream] = {}

    def now(self) -> int:
        """Return Unix milliseconds."""
        return self.streaming.now()

    def find(self, text: str, options: Options) -> Stream:
        """Return the stream of a name, which may have no clients yet. Raises `Declined`."""
        known = self._streams.get((text, options))
        return self._build(text, options) if known is None else known

    def join(self, stream: Stream, options: Options, receiver: Receiver) -> Stream:
        """Subscribe a client, and return the stream that it is subscribed to. Raises `Declined`."""
        stream = self._streams.setdefault((stream.name.text, options), stream)
        try:
            stream.join(receiver)
        except ApiError as error:
            self._forget(stream, options)
            raise Declined(f"{stream.name.text}: {error.message}") from None
        return stream

    def leave(self, stream: Stream, options: Options, receiver: Receiver) -> None:
        """End the subscription of a client."""
        stream.leave(receiver)
        self._forget(stream, options)

    def _forget(self, stream: Stream, options: Options) -> None:
        key = (stream.name.text, options)
        if not stream.used and self._streams.get(key) is stream:
            del self._streams[key]

    def tick(self) -> None:
        """Do the due work of all streams."""
        for place, stream in enumerate([*self._streams.values()]):
            if place % TOGETHER == TOGETHER - 1:
                gevent.sleep(0)
            stream.tick(self.now())

    def _build(self, text: str, options: Options) -> Stream:
        name, ways = read_name(text), self._ways
        if not name.symbol:
            return ArrayStream(name, options, ways)
        market = joined_market(name.symbol, self._catalogue.catalogue)
        if market is None:
            raise Declined(f"{text} is no stream: the symbol is unknown")
        if name.interval is not None:
            return KlineStream(name, options, ways, market, name.interval)
        if name.kind == "avgPrice":
            return AverageStream(name, options, ways, market)
        if name.kind not in PASSTHROUGH:
            return DayStream(name, options, ways, market)
        if ways.streaming.passthrough.venue(pair_of(market), PASSTHROUGH[name.kind]) is None:
            raise Declined(f"{text} is not served: no exchange streams it")
        return PassthroughStream(name, options, ways, market)
