"""Binance's public market data: https://developers.binance.com/docs/binance-spot-api-docs/rest-api."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields, validates_schema

from providers import INTERVALS
from schemas.compat._binance_exchange import Exchange as Exchange
from schemas.compat._binance_fields import (
    ChoiceField,
    LimitField,
    MarketField,
    MarketsField,
    MomentField,
    PermissionsField,
    StepField,
    ZoneField,
    refusal,
)

STATUSES = ("TRADING", "HALT", "BREAK")


class KlinesQuery(Schema):
    """Which candles. Times are Unix milliseconds, compared with open times, both inclusive."""

    symbol = MarketField(required=True, metadata={"example": "BTCUSDT"})
    interval = StepField(required=True, metadata={"enum": list(INTERVALS), "example": "1h"})
    start = MomentField(data_key="startTime", load_default=None)
    end = MomentField(data_key="endTime", load_default=None)
    limit = LimitField(
        load_default=500,
        metadata={"description": "More than 1000 means 1000", "default": 500, "example": 3},
    )
    zone = ZoneField(
        data_key="timeZone",
        load_default=0,
        metadata={"description": "One whose candles open as UTC's do", "default": "0"},
    )

    @validates_schema
    def _in_utc(self, data: Mapping[str, Any], **_: Any) -> None:
        """Candles are those of UTC: a zone is welcome where they open at the same moments."""
        if data["zone"] % data["interval"].length:
            raise refusal(-1130, "Data sent for parameter 'timeZone' is not valid.", "timeZone")


class SymbolQuery(Schema):
    """Which market."""

    symbol = MarketField(required=True, metadata={"example": "BTCUSDT"})


class SelectionQuery(Schema):
    """One market in `symbol`, several in `symbols`, or all of them."""

    alone: ClassVar[tuple[str, ...]] = ()
    """Parameters that go with neither."""

    symbol = MarketField(load_default=None, metadata={"example": "BTCUSDT"})
    symbols = MarketsField(load_default=None, metadata={"description": '`["BTCUSDT","ETHUSDT"]`'})
    status = ChoiceField(STATUSES, data_key="symbolStatus", load_default=None)

    @validates_schema
    def _one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        named = [name for name in ("symbol", "symbols") if data[name] is not None]
        if len(named) > 1 or (named and any(data[name] is not None for name in self.alone)):
            raise refusal(-1128, "Combination of optional parameters invalid.", named[0])


class PriceQuery(SelectionQuery):
    """Whose price."""


class DayQuery(SelectionQuery):
    """Whose day, and how much of it."""

    kind = ChoiceField(("FULL", "MINI"), data_key="type", load_default="FULL")


class ExchangeQuery(SelectionQuery):
    """Which markets."""

    alone = ("status", "permissions")

    permissions = PermissionsField(load_default=None)
    sets = ChoiceField(("true", "false"), data_key="showPermissionSets", load_default="true")


class Ping(Schema):
    """Nothing."""


class Time(Schema):
    """Unix milliseconds."""

    serverTime = fields.Integer(required=True)


class PriceTicker(Schema):
    """A price in tether."""

    symbol = fields.String(required=True)
    price = fields.String(required=True)


class Average(Schema):
    """The average of the last `mins` minutes, weighted by volume."""

    mins = fields.Integer(required=True)
    price = fields.String(required=True)
    closeTime = fields.Integer(required=True)


class DayTicker(Schema):
    """The 24 hours up to `closeTime`. What nobody knows is left out; `X-Data-Missing` names it."""

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
        "taker buy volume, taker buy quote volume, unused. The last five are neutral.",
    },
}


def one_or_many(schema: type[Schema]) -> dict[str, Any]:
    """One object where `symbol` was sent, an array otherwise."""
    return {"oneOf": [schema, {"type": "array", "items": schema}]}
