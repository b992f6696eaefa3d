"""Streams of all markets: a list of the changed ones each second."""

import logging
from collections.abc import Iterator

from engine.errors import ApiError
from engine.streaming.log import Message
from engine.telemetry.request_id import with_new_id
from engine.web.compat.binance import _days, _exchange
from engine.web.compat.binance._prices import MarketPrice, is_quoted, priced
from engine.web.compat.binance.streams._frames import Payload, payload
from engine.web.compat.binance.streams._messages import price_of
from engine.web.compat.binance.streams._names import StreamName
from engine.web.compat.binance.streams._payloads import day
from engine.web.compat.binance.streams._stream import Options, Stream, Ways
from engine.web.services import current_services

EACH = 5_000
"""Milliseconds between two reads of requested prices."""
ROWS = 500
"""Most rows of a frame: clients take frames of a megabyte, and slow ones 256 KB."""

log = logging.getLogger(__name__)


class ArrayStream(Stream):
    """The last price of every market, its change and its volume. Prices of pinned coins are live."""

    def __init__(self, name: StreamName, options: Options, ways: Ways) -> None:
        super().__init__(name, options, ways)
        self._channels: list[str] = []
        self._prices: dict[str, MarketPrice] = {}
        self._changed: dict[str, MarketPrice] = {}
        self._due = self._sent = 0

    def begin(self) -> None:
        """Subscribe to the live prices of pinned coins."""
        self._prices, self._changed, self._due = {}, {}, 0
        streaming = self._ways.streaming
        with self._ways.within():
            markets = _exchange.every(current_services().catalogue.catalogue)
        self._channels = streaming.named([f"prices:{it.code}" for it in markets if is_quoted(it)])
        streaming.hub.subscribe(self, self._channels)

    def end(self) -> None:
        """Unsubscribe from the live prices."""
        self._ways.streaming.hub.unsubscribe(self, self._channels)

    def state(self) -> list[Payload]:
        """Return all rows."""
        return [*self._frames(self._prices, self._sent)]

    def deliver(self, message: Message) -> None:
        """Store a live price for the next frame."""
        found = price_of(message)
        if found is not None and found.data.price is not None:
            symbol, change = f"{found.data.symbol}USDT", found.data.change_24h
            if change is None and symbol in self._prices:
                change = self._prices[symbol].change
            self._take(MarketPrice(symbol, found.data.price, change, found.received_at / 1000))

    def tick(self, now: int) -> None:
        """Read the requested prices, and publish the changed ones."""
        if now >= self._due:
            self._due = now + EACH
            self._ways.pool.submit(with_new_id("stream", self._look))
        if self._changed and now - self._sent >= self.name.each:
            changed, self._changed, self._sent = self._changed, {}, now
            self._prices |= changed
            for frame in self._frames(changed, now):
                self.deliver_all(frame)

    def _look(self) -> None:
        try:
            with self._ways.within():
                found = priced(_exchange.every(current_services().catalogue.catalogue))
        except ApiError as error:
            log.debug("request for the prices of %s failed: %s", self.name.text, error)
            return
        for price in found.rows:
            known = self._changed.get(price.symbol) or self._prices.get(price.symbol)
            if known is None or price.time > known.time:
                self._take(price)

    def _take(self, price: MarketPrice) -> None:
        known = self._prices.get(price.symbol)
        if known is None or _figures(known) != _figures(price):
            self._changed[price.symbol] = price

    def _frames(self, prices: dict[str, MarketPrice], now: int) -> Iterator[Payload]:
        unit = self._options.unit
        rows = [day(self.name.kind, it.symbol, _days.of_price(it), now, unit) for it in prices.values()]
        for start in range(0, len(rows), ROWS):
            yield payload(self.name.text, rows[start : start + ROWS], now, conflated=False)


def _figures(price: MarketPrice) -> tuple[float, float | None, float | None]:
    return price.price, price.change, price.volume
