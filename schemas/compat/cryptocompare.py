"""CryptoCompare's history: https://min-api.cryptocompare.com/documentation."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from providers import ASSET_BY_NAME
from schemas._fields import IntegerField, shorten
from schemas._pairs import PinnedPairField, RequestedPair, any_case

MAX_LIMIT = 2000
"""CryptoCompare's largest limit."""


ROWS = {"description": "The answer has one row more, and at most 1000", "example": 2}


class CoinField(PinnedPairField):
    """A coin by its code, as a `RequestedPair`."""

    documented = {"pattern": f"^({'|'.join(map(any_case, sorted(ASSET_BY_NAME)))})$"}

    def read(self, text: str) -> RequestedPair:
        """Parse a coin."""
        if text.upper() not in ASSET_BY_NAME:
            raise ValidationError(f"{shorten(text)}: unknown coin")
        return super().read(text)


class QuoteField(fields.String):
    """USD or USDT, in upper or lower case."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).upper()
        if text not in ("USD", "USDT"):
            raise ValidationError(f"{shorten(text)}: not one of USD, USDT")
        return text


class HistoryQuery(Schema):
    """The requested candles: one more than `limit`, and at most 1000."""

    intervals: Mapping[int, str] = {}
    """The engine's interval for each `aggregate`."""

    fsym = CoinField(required=True, metadata={"description": "A coin", "example": "BTC"})
    tsym = QuoteField(required=True, metadata={"enum": ["USD", "USDT"], "example": "USD"})
    limit = IntegerField(load_default=168, validate=validate.Range(1, MAX_LIMIT), metadata=ROWS)
    aggregate = IntegerField(load_default=1, metadata={"description": "Units of one candle"})
    to = IntegerField(
        data_key="toTs", load_default=None, metadata={"description": "Unix seconds of the last candle"}
    )

    @validates_schema(skip_on_field_errors=True)
    def _served(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["aggregate"] not in self.intervals:
            raise ValidationError(f"not one of {', '.join(map(str, self.intervals))}", "aggregate")


class MinuteQuery(HistoryQuery):
    """The requested candles of 1, 3, 5, 15 or 30 minutes."""

    intervals = {count: f"{count}m" for count in (1, 3, 5, 15, 30)}
    limit = IntegerField(load_default=1440, validate=validate.Range(1, MAX_LIMIT), metadata=ROWS)


class HourQuery(HistoryQuery):
    """The requested candles of 1, 2, 4, 6, 8 or 12 hours."""

    intervals = {count: f"{count}h" for count in (1, 2, 4, 6, 8, 12)}


class DayQuery(HistoryQuery):
    """The requested candles of 1 or 3 days, or of 7 days from Monday."""

    intervals = {1: "1d", 3: "3d", 7: "1w"}
    limit = IntegerField(load_default=30, validate=validate.Range(1, MAX_LIMIT), metadata=ROWS)


class HistoryRow(Schema):
    """A candle. `time` is its open time in Unix seconds, and `volumefrom` is in coins.

    `volumeto` is in the quote currency. Where the provider has none, it is computed: `volumefrom` at the
    candle's mean price.
    """

    time = fields.Integer(required=True)
    high = fields.Float(required=True)
    low = fields.Float(required=True)
    open = fields.Float(required=True)
    volumefrom = fields.Float(required=True, allow_none=True)
    volumeto = fields.Float(required=True, allow_none=True)
    close = fields.Float(required=True)
    conversionType = fields.String(required=True)
    conversionSymbol = fields.String(required=True)


class HistoryData(Schema):
    """The candles in ascending order, the open one last."""

    Aggregated = fields.Boolean(required=True)
    TimeFrom = fields.Integer(required=True)
    TimeTo = fields.Integer(required=True)
    Data = fields.List(fields.Nested(HistoryRow), required=True)


class HistoryAnswer(Schema):
    """The candles. `Response` is `Success`. Failures have status 200, too, and `Error` as `Response`."""

    Response = fields.String(required=True, validate=validate.Equal("Success"))
    Message = fields.String(required=True)
    HasWarning = fields.Boolean(required=True)
    Type = fields.Integer(required=True)
    RateLimit = fields.Dict(required=True)
    Data = fields.Nested(HistoryData, required=True)


class HistoryError(Schema):
    """A failure. `Type` 99 is a used-up quota, 2 an invalid parameter, which `ParamWithError` names."""

    Response = fields.String(required=True, validate=validate.Equal("Error"))
    Message = fields.String(required=True)
    HasWarning = fields.Boolean(required=True)
    Type = fields.Integer(required=True)
    RateLimit = fields.Dict(required=True)
    Data = fields.Dict(required=True)
    ParamWithError = fields.String()
