"""Binance's public market data: https://developers.binance.com/docs/binance-spot-api-docs/rest-api."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields, validates_schema

from providers import INTERVALS
from schemas.compat._binance_exchange import Exchange as Exchange
from schemas.compat._binance_fields import (
    ChoiceField,
    IntervalField,
    LimitField,
    NameField,
    NamesField,
    PermissionsField,
    refusal,
)
from schemas.compat._binance_times import TimeField, ZoneField

STATUSES = ("TRADING", "HALT", "BREAK")


class KlinesQuery(Schema):
    """The requested candles. Both times are open times in Unix milliseconds, inclusive."""

    symbol = NameField(required=True, metadata={"example": "BTCUSDT"})
    interval = IntervalField(required=True, metadata={"enum": list(INTERVALS), "example": "1h"})
    start = TimeField(data_key="startTime", load_default=None)
    end = TimeField(data_key="endTime", load_default=None)
    limit = LimitField(
        load_default=500,
        metadata={"description": "More than 1000 means 1000", "default": 500, "example": 3},
    )
    zone = ZoneField(
        data_key="timeZone",
        load_default=0,
        metadata={
            "description": "A time zone in which candles open at the same moments as in UTC",
            "default": "0",
        },
    )

    @validates_schema
    def _in_utc(self, data: Mapping[str, Any], **_: Any) -> None:
        """Accept a time zone only if its candles open at the same moments as those of UTC."""
        if data["zone"] % data["interval"].length:
            raise refusal(-1130, "Data sent for parameter 'timeZone' is not valid.", "timeZone")


class SymbolQuery(Schema):
    """The requested market."""

    symbol = NameField(required=True, metadata={"example": "BTCUSDT"})


class SelectionQuery(Schema):
    """One market in `symbol`, several in `symbols`, or all of them."""

    alone: ClassVar[tuple[str, ...]] = ()
    """Parameters that exclude both `symbol` and `symbols`."""

    symbol = NameField(load_default=None, metadata={"example": "BTCUSDT"})
    symbols = NamesField(load_default=None, metadata={"description": '`["BTCUSDT","ETHUSDT"]`'})
    status = ChoiceField(STATUSES, data_key="symbolStatus", load_default=None)

    @validates_schema
    def _one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        named = [name for name in ("symbol", "symbols") if data[name] is not None]
        if len(named) > 1 or (named and any(data[name] is not None for name in self.alone)):
            raise refusal(-1128, "Combination of optional parameters invalid.", named[0])


class PriceQuery(SelectionQuery):
    """The markets whose prices are requested."""


class DayQuery(SelectionQuery):
    """The markets whose 24 hours are requested."""

    kind = ChoiceField(("FULL", "MINI"), data_key="type", load_default="FULL")


class ExchangeQuery(SelectionQuery):
    """The requested markets."""

    alone = ("status", "permissions")

    permissions = PermissionsField(load_default=None)
    sets = ChoiceField(("true", "false"), data_key="showPermissionSets", load_default="true")


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
