"""Binance's public market data: https://developers.binance.com/docs/binance-spot-api-docs/rest-api."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas._schema import Schema
from schemas.compat._binance_exchange import Exchange as Exchange
from schemas.compat._binance_fields import ChoiceField
from schemas.compat._binance_queries import AggregatesQuery as AggregatesQuery
from schemas.compat._binance_queries import DayQuery as DayQuery
from schemas.compat._binance_queries import DepthQuery as DepthQuery
from schemas.compat._binance_queries import ExchangeQuery as ExchangeQuery
from schemas.compat._binance_queries import KlinesQuery as KlinesQuery
from schemas.compat._binance_queries import PriceQuery as PriceQuery
from schemas.compat._binance_queries import SelectionQuery as SelectionQuery
from schemas.compat._binance_queries import SymbolQuery as SymbolQuery
from schemas.compat._binance_queries import TradesQuery as TradesQuery
from schemas.compat._binance_queries import TradingDayQuery as TradingDayQuery
from schemas.compat._binance_queries import WindowQuery as WindowQuery


class SocketQuery(Schema):
    """What a WebSocket with raw payloads is opened with."""

    names = fields.String(
        load_default="", metadata={"description": "names of streams", "example": "btcusdt@kline_1m"}
    )
    unit = fields.String(
        data_key="timeUnit",
        load_default="MILLISECOND",
        metadata={"description": "`MILLISECOND` or `MICROSECOND`", "default": "MILLISECOND"},
    )
    sources = ChoiceField(("true", "false"), load_default="false")


class CombinedQuery(SocketQuery):
    """What a WebSocket with wrapped payloads is opened with."""

    class Meta:
        """Names are in the query."""

        exclude = ("names",)

    streams = fields.String(
        load_default="",
        metadata={"description": "names of streams", "example": "btcusdt@kline_1m/ethusdt@miniTicker"},
    )


class Ping(Schema):
    """An empty object."""


class Time(Schema):
    """The server's time in Unix milliseconds."""

    serverTime = fields.Integer(required=True)


class PriceTicker(Schema):
    """A price in the quote."""

    symbol = fields.String(required=True)
    price = fields.String(required=True)


class WindowTicker(Schema):
    """A window up to `closeTime`. Unknown fields are omitted, and `X-Data-Missing` lists them."""

    symbol = fields.String(required=True)
    priceChange = fields.String()
    priceChangePercent = fields.String()
    weightedAvgPrice = fields.String()
    openPrice = fields.String(required=True)
    highPrice = fields.String(required=True)
    lowPrice = fields.String(required=True)
    lastPrice = fields.String(required=True)
    volume = fields.String()
    quoteVolume = fields.String()
    openTime = fields.Integer(required=True)
    closeTime = fields.Integer(required=True)
    count = fields.Integer(metadata={"description": "The number of trades"})


class BookTicker(Schema):
    """The best prices at one exchange. Amounts that it does not send are omitted."""

    symbol = fields.String(required=True)
    bidPrice = fields.String(required=True)
    bidQty = fields.String()
    askPrice = fields.String(required=True)
    askQty = fields.String()


class Depth(Schema):
    """The order book of one exchange. `lastUpdateId` is omitted where it has none."""

    lastUpdateId = fields.Integer()
    bids = fields.List(fields.List(fields.String()), required=True)
    asks = fields.List(fields.List(fields.String()), required=True)


class Trade(Schema):
    """A trade at one exchange. What it does not say is omitted."""

    id = fields.Integer(required=True)
    price = fields.String(required=True)
    qty = fields.String(required=True)
    quoteQty = fields.String(required=True)
    time = fields.Integer(required=True)
    isBuyerMaker = fields.Boolean()
    isBestMatch = fields.Boolean()


class Aggregate(Schema):
    """Trades of one order at one price; single ones where the exchange does not add them up."""

    a = fields.Integer(required=True)
    p = fields.String(required=True)
    q = fields.String(required=True)
    f = fields.Integer(required=True)
    l = fields.Integer(required=True)  # noqa: E741 - Binance's name
    T = fields.Integer(required=True)
    m = fields.Boolean()
    M = fields.Boolean()


class Average(Schema):
    """The average price of the last `mins` minutes, weighted by volume."""

    mins = fields.Integer(required=True)
    price = fields.String(required=True)
    closeTime = fields.Integer(required=True)


class DayTicker(Schema):
    """The 24 hours up to `closeTime`. Unknown fields are omitted, and `X-Data-Missing` lists them."""

    symbol = fields.String(required=True)
    priceChange = fields.String()
    priceChangePercent = fields.String()
    weightedAvgPrice = fields.String()
    prevClosePrice = fields.String()
    lastPrice = fields.String(required=True)
    bidPrice = fields.String()
    bidQty = fields.String()
    askPrice = fields.String()
    askQty = fields.String()
    openPrice = fields.String()
    highPrice = fields.String()
    lowPrice = fields.String()
    volume = fields.String()
    quoteVolume = fields.String()
    openTime = fields.Integer(required=True)
    closeTime = fields.Integer(required=True)
    count = fields.Integer(metadata={"description": "The number of trades"})


class Error(Schema):
    """A failure."""

    headers: ClassVar[tuple[str, ...]] = ("X-MBX-USED-WEIGHT-1M",)
    """Headers that all answers of this service may have."""

    code = fields.Integer(required=True)
    msg = fields.String(required=True)


KLINES: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "array",
        "minItems": 12,
        "maxItems": 12,
        "items": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
        "description": "Open time, open, high, low, close, volume, close time, quote volume, trades, "
        "taker buy volume, taker buy quote volume, unused. The last five are placeholders.",
    },
}


def one_or_many(schema: type[Schema]) -> dict[str, Any]:
    """Return the schema of one object (for `symbol`) or an array of objects."""
    return {"oneOf": [schema, {"type": "array", "items": schema}]}
