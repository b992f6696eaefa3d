"""TradingView's quotes.

https://www.tradingview.com/charting-library-docs/latest/connecting_data/UDF#quotes
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from schemas._schema import Schema

MOST_QUOTES = 50


class NamesField(fields.String):
    """Names of pairs, separated by commas, at most 50."""

    documented = {"pattern": "^[^,]+(,[^,]+){0,49}$"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        names = [name for name in value.split(",") if name]
        if not 0 < len(names) <= MOST_QUOTES:
            raise ValidationError(f"names no pair, or more than {MOST_QUOTES}")
        return names


class UdfQuotesQuery(Schema):
    """The requested pairs."""

    symbols = NamesField(
        required=True, metadata={"description": "Separated by commas", "example": "BTCUSDT,ETHUSDT"}
    )


class UdfQuoteRow(Schema):
    """The quote of a pair; `v` has the figures that are known, and names."""

    s = fields.String(required=True, validate=validate.Regexp("^(ok|error)$"))
    n = fields.String(required=True)
    errmsg = fields.String()
    v = fields.Dict(keys=fields.String(), required=True)


class UdfQuotesAnswer(Schema):
    """The quotes in the order of the request."""

    s = fields.String(required=True, validate=validate.Regexp("^ok$"))
    d = fields.List(fields.Nested(UdfQuoteRow), required=True)
