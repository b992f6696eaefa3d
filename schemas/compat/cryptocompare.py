"""CryptoCompare's candles: https://min-api.cryptocompare.com/documentation."""

from typing import ClassVar

from marshmallow import fields, validate

from schemas._fields import FlagField, IntegerField
from schemas._schema import Schema
from schemas.compat._cryptocompare_fields import (
    MAX_LIMIT,
    MOST_UNITS,
    ROWS,
    MomentField,
    QuoteField,
    UpperField,
)
from schemas.compat._cryptocompare_prices import COINS_ANSWER as COINS_ANSWER
from schemas.compat._cryptocompare_prices import FULL_ANSWER as FULL_ANSWER
from schemas.compat._cryptocompare_prices import NEWS_ANSWER as NEWS_ANSWER
from schemas.compat._cryptocompare_prices import PRICE_ANSWER as PRICE_ANSWER
from schemas.compat._cryptocompare_prices import PRICES_ANSWER as PRICES_ANSWER
from schemas.compat._cryptocompare_prices import TOP_ANSWER as TOP_ANSWER
from schemas.compat._cryptocompare_prices import AverageQuery as AverageQuery
from schemas.compat._cryptocompare_prices import CoinsQuery as CoinsQuery
from schemas.compat._cryptocompare_prices import NewsQuery as NewsQuery
from schemas.compat._cryptocompare_prices import PastQuery as PastQuery
from schemas.compat._cryptocompare_prices import PriceQuery as PriceQuery
from schemas.compat._cryptocompare_prices import PricesQuery as PricesQuery
from schemas.compat._cryptocompare_prices import TopQuery as TopQuery
from schemas.prices import CURRENCIES


class HistoryQuery(Schema):
    """The requested candles: one more than `limit`, and at most 1000."""

    minutes: ClassVar[int] = 1
    """The length of a candle without an `aggregate`."""

    fsym = UpperField(required=True, metadata={"description": "A coin", "example": "BTC"})
    tsym = QuoteField(required=True, metadata={"enum": list(CURRENCIES), "example": "USD"})
    limit = IntegerField(load_default=168, validate=validate.Range(1, MAX_LIMIT), metadata=ROWS)
    aggregate = IntegerField(
        load_default=1,
        validate=validate.Range(1, MOST_UNITS),
        metadata={"description": "Units of one candle"},
    )
    to = MomentField(
        data_key="toTs", load_default=None, metadata={"description": "Unix seconds of the last candle"}
    )


class MinuteQuery(HistoryQuery):
    """The requested candles of 1 to 30 minutes."""

    limit = IntegerField(load_default=1440, validate=validate.Range(1, MAX_LIMIT), metadata=ROWS)


class HourQuery(HistoryQuery):
    """The requested candles of 1 to 30 hours."""

    minutes = 60


class DayQuery(HistoryQuery):
    """The requested candles of 1 to 30 days; those of 7 days are from Monday."""

    minutes = 1440
    limit = IntegerField(load_default=30, validate=validate.Range(1, MAX_LIMIT), metadata=ROWS)
    everything = FlagField(
        data_key="allData", load_default=False, metadata={"description": "All candles instead of `limit`"}
    )


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


class Conversion(Schema):
    """How prices were converted: never, since the candles are those of a market in this currency."""

    type = fields.String(required=True, validate=validate.Equal("direct"))
    conversionSymbol = fields.String(required=True)


class FlatHistoryAnswer(Schema):
    """The candles in the first format, in ascending order, the open one last."""

    Response = fields.String(required=True, validate=validate.Equal("Success"))
    Message = fields.String(required=True)
    HasWarning = fields.Boolean(required=True)
    Type = fields.Integer(required=True)
    RateLimit = fields.Dict(required=True)
    Aggregated = fields.Boolean(required=True)
    TimeFrom = fields.Integer(required=True)
    TimeTo = fields.Integer(required=True)
    FirstValueInArray = fields.Boolean(required=True)
    ConversionType = fields.Nested(Conversion, required=True)
    Data = fields.List(fields.Nested(HistoryRow), required=True)


class HistoryError(Schema):
    """A failure. `Type` 99 is a used-up quota, 2 an invalid parameter, which `ParamWithError` names."""

    Response = fields.String(required=True, validate=validate.Equal("Error"))
    Message = fields.String(required=True)
    HasWarning = fields.Boolean(required=True)
    Type = fields.Integer(required=True)
    RateLimit = fields.Dict(required=True)
    Data = fields.Dict(required=True)
    ParamWithError = fields.String()
