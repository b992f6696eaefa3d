"""What clients ask of CoinGecko's charts: https://docs.coingecko.com/reference/coins-id-market-chart."""

from marshmallow import fields, validate

from schemas.compat._coingecko_fields import PrecisionField, SecondsField, TextField, required
from schemas.compat._coingecko_queries import VS, OneCoinQuery


class _ChartQuery(OneCoinQuery):
    vs_currency = TextField(
        required=True,
        error_messages=required("vs_currency"),
        metadata={"enum": list(VS), "example": "usd"},
    )
    interval = fields.String(load_default="", validate=validate.OneOf(["", "5m", "hourly", "daily"]))
    precision = PrecisionField(load_default=None, metadata={"type": "string"})


class ChartQuery(_ChartQuery):
    """The prices of the last days: a number, or `max`."""

    days = TextField(
        required=True,
        error_messages=required("days"),
        validate=validate.Regexp("^([1-9][0-9]{0,4}|max)$", error="not a number of days or max"),
        metadata={"pattern": "^([1-9][0-9]{0,4}|max)$", "example": "1"},
    )


class RangeQuery(_ChartQuery):
    """The prices between two times."""

    start = SecondsField(
        data_key="from",
        required=True,
        error_messages=required("from"),
        metadata={"description": "Unix seconds, inclusive", "example": 1_795_300_000},
    )
    end = SecondsField(
        data_key="to",
        required=True,
        error_messages=required("to"),
        metadata={"description": "Unix seconds, inclusive", "example": 1_795_365_630},
    )
