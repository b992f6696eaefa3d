"""TradingView's UDF: https://www.tradingview.com/charting-library-docs/latest/connecting_data/UDF."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas._fields import IntegerField, SymbolField
from schemas._schema import Schema
from schemas.compat._udf_quotes import UdfQuotesAnswer as UdfQuotesAnswer
from schemas.compat._udf_quotes import UdfQuotesQuery as UdfQuotesQuery
from schemas.compat._udf_resolutions import RESOLUTIONS as RESOLUTIONS
from schemas.compat._udf_resolutions import ResolutionField

FIRST_BLOCK = 1_231_006_505
"""The time of Bitcoin's first block, in Unix seconds. No coin has earlier prices."""
SECONDS = re.compile(r"-?[0-9]{1,11}")
MAX_SECONDS = 99_999_999_999
"""Eleven digits. Longer numbers are milliseconds or invalid."""


class TickerField(SymbolField):
    """The text of a pair, with or without an exchange as its prefix: `BTCUSDT`, `BINANCE:BTCUSDT`."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return super()._deserialize(value.rpartition(":")[2], attr, data, **kwargs)


class SecondsField(fields.Integer):
    """Unix seconds, as milliseconds. The library may send negative ones, which become the first block's."""

    documented = {"minimum": -MAX_SECONDS, "maximum": MAX_SECONDS}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not SECONDS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return max(FIRST_BLOCK, super()._deserialize(value, attr, data, **kwargs)) * 1000


class UdfSymbolsQuery(Schema):
    """The requested pair."""

    symbol = TickerField(required=True, metadata={"description": "A pair", "example": "BTCUSDT"})


class UdfSearchQuery(Schema):
    """A search and its filters."""

    query = fields.String(
        load_default="", metadata={"description": "Part of a code or a name", "example": "bit"}
    )
    kind = fields.String(data_key="type", load_default="", metadata={"description": "One of `symbols_types`"})
    exchange = fields.String(load_default="", metadata={"description": "One of `exchanges`"})
    limit = IntegerField(
        load_default=30, validate=validate.Range(min=1), metadata={"description": "Maximum number of results"}
    )


class UdfHistoryQuery(Schema):
    """The requested bars: `countback` bars before `to`, or all bars from `from` on."""

    symbol = TickerField(required=True, metadata={"description": "A pair", "example": "BTCUSDT"})
    resolution = ResolutionField(
        required=True, metadata={"description": "Minutes, or days, weeks or a month", "example": "60"}
    )
    start = SecondsField(
        data_key="from", load_default=None, metadata={"description": "Unix seconds, inclusive"}
    )
    end = SecondsField(
        data_key="to", load_default=None, metadata={"description": "Unix seconds, exclusive; now by default"}
    )
    countback = IntegerField(
        load_default=None,
        validate=validate.Range(min=0),
        metadata={"description": "Number of bars; overrides from", "example": 10},
    )

    @validates_schema(skip_on_field_errors=True)
    def _bounded(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["start"] is None and not data["countback"]:
            raise ValidationError("is required unless countback is present", "from")


class UdfChoice(Schema):
    """A filter of the search."""

    value = fields.String(required=True)
    name = fields.String(required=True)
    desc = fields.String()


class UdfConfigAnswer(Schema):
    """The features of the data feed."""

    supported_resolutions = fields.List(fields.String(), required=True)
    supports_search = fields.Boolean(required=True)
    supports_group_request = fields.Boolean(required=True)
    supports_marks = fields.Boolean(required=True)
    supports_timescale_marks = fields.Boolean(required=True)
    supports_time = fields.Boolean(required=True)
    exchanges = fields.List(fields.Nested(UdfChoice), required=True)
    symbols_types = fields.List(fields.Nested(UdfChoice), required=True)


class UdfFoundRow(Schema):
    """A pair that matches the search."""

    symbol = fields.String(required=True)
    full_name = fields.String(required=True)
    description = fields.String(required=True)
    exchange = fields.String(required=True)
    ticker = fields.String(required=True)
    type = fields.String(required=True)


class UdfSymbolAnswer(Schema):
    """The properties of a pair that the library needs to draw it."""

    name = fields.String(required=True)
    full_name = fields.String(required=True)
    ticker = fields.String(required=True)
    description = fields.String(required=True)
    type = fields.String(required=True)
    session = fields.String(required=True)
    timezone = fields.String(required=True)
    exchange = fields.String(required=True)
    listed_exchange = fields.String(required=True)
    format = fields.String(required=True)
    minmov = fields.Integer(required=True)
    pricescale = fields.Integer(required=True)
    has_intraday = fields.Boolean(required=True)
    intraday_multipliers = fields.List(fields.String(), required=True)
    has_daily = fields.Boolean(required=True)
    daily_multipliers = fields.List(fields.String(), required=True)
    has_weekly_and_monthly = fields.Boolean(required=True)
    weekly_multipliers = fields.List(fields.String(), required=True)
    monthly_multipliers = fields.List(fields.String(), required=True)
    supported_resolutions = fields.List(fields.String(), required=True)
    visible_plots_set = fields.String(required=True)
    volume_precision = fields.Integer(required=True)
    data_status = fields.String(required=True)
    currency_code = fields.String(required=True)


class UdfHistoryAnswer(Schema):
    """The bars as columns, with open times in Unix seconds. `v` is present only if every volume is known.

    `nextTime` is the newest bar before an empty range.
    """

    s = fields.String(required=True, validate=validate.Regexp("^(ok|no_data)$"))
    nextTime = fields.Integer()
    t = fields.List(fields.Integer())
    o = fields.List(fields.Float())
    h = fields.List(fields.Float())
    l = fields.List(fields.Float())  # noqa: E741 - the protocol's name
    c = fields.List(fields.Float())
    v = fields.List(fields.Float())


class UdfFailureAnswer(Schema):
    """A failure. Its status is 200, unless the request failed before the endpoint."""

    s = fields.String(required=True, validate=validate.Regexp("^error$"))
    errmsg = fields.String(required=True)


def or_failure(answer: dict[str, Any] | type[Schema]) -> dict[str, Any]:
    """Return the schema of a response with status 200, which may be a failure: the library expects that."""
    return {"oneOf": [answer, UdfFailureAnswer]}


TIME_ANSWER = {"x-media-type": "text/plain", "type": "integer", "description": "Unix seconds, as plain text"}
MARKS_ANSWER = {"type": "array", "items": {"type": "object"}, "maxItems": 0}
FOUND_ANSWER = or_failure({"type": "array", "items": UdfFoundRow})
SYMBOL_ANSWER = or_failure(UdfSymbolAnswer)
QUOTES_ANSWER = or_failure(UdfQuotesAnswer)
HISTORY_ANSWER = or_failure(UdfHistoryAnswer)
