"""The values of the engine's own messages that Binance's payloads need."""

from typing import TypeVar

import msgspec

from engine.streaming.log import Message
from providers import Candle


class CandleRow(msgspec.Struct):
    """A row of candles."""

    timestamp: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None


class Figures(msgspec.Struct, rename="camel"):
    """Venues' figures of a candle beyond its row."""

    quote_volume: float | None = None
    trades: int | None = None


class CandleMessage(msgspec.Struct, rename="camel"):
    """A running or closed candle. Times are Unix milliseconds."""

    data: CandleRow
    closed: bool
    source: str
    quote: str
    received_at: int
    meta: Figures
    source_time: int | None = None

    @property
    def candle(self) -> Candle:
        """The candle."""
        row = self.data
        figures = (row.open, row.high, row.low, row.close, row.volume)
        return Candle(row.timestamp, *figures, self.meta.quote_volume, self.meta.trades)


class PriceRow(msgspec.Struct, rename="camel"):
    """A row of prices."""

    symbol: str
    price: float | None
    change_24h: float | None = msgspec.field(default=None, name="change24h")


class PriceMessage(msgspec.Struct, rename="camel"):
    """The consensus on a price. The time is Unix milliseconds."""

    data: PriceRow
    received_at: int


M = TypeVar("M", CandleMessage, PriceMessage)


def candle_of(message: Message) -> CandleMessage | None:
    """Return the candle of a message, `None` for a correction or a notice."""
    return _read(message, CandleMessage) if message.kind == "candle" else None


def price_of(message: Message) -> PriceMessage | None:
    """Return the price of a message, `None` for a notice."""
    return _read(message, PriceMessage) if message.kind == "price" else None


def _read(message: Message, form: type[M]) -> M:
    """Return the values of a message. Decode its JSON only where the message has no values any more."""
    said = message.said
    return msgspec.json.decode(message.body, type=form) if said is None else msgspec.convert(said, form)
