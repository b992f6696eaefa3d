"""`GET /api/prices/at`."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from schemas._fields import FormatField, SymbolsField, TimeField
from schemas._schema import Schema
from schemas.prices import SourceRow


class FewSymbolsField(SymbolsField):
    """Ten coins at most: each is asked for at several venues."""

    maximum = 10
    documented = {**SymbolsField.documented, "maxItems": maximum}


class PastPricesQuery(Schema):
    """The coins, the time and the currency."""

    form = FormatField()
    symbols = FewSymbolsField(
        required=True,
        metadata={"description": "Coins separated by commas, ten at most", "example": "BTC,ETH"},
    )
    time = TimeField(
        required=True,
        metadata={
            "description": "A time in the past: Unix seconds or milliseconds, or ISO 8601",
            "example": "2026-11-22T12:00:00Z",
        },
    )

    @staticmethod
    def last_time(query: Mapping[str, Any]) -> int | None:
        """Return the time that is asked for, in Unix milliseconds."""
        time: int | None = query.get("time")
        return time

    convert = fields.String(
        load_default="USDT",
        validate=validate.OneOf(["USDT", "USD"]),
        metadata={"description": "The currency of prices"},
    )


class PastPriceRow(Schema):
    """The price of a coin at a past minute; null if no venue or no rate is known for it."""

    symbol = fields.String(required=True)
    name = fields.String(required=True)
    price = fields.Float(required=True, allow_none=True)
    priceUsd = fields.Float(required=True, allow_none=True)
    confidence = fields.Float(required=True, validate=validate.Range(0, 1))
    verified = fields.Boolean(required=True)
    disputed = fields.Boolean()
    sources = fields.List(fields.Nested(SourceRow), required=True)


class PastPricesMeta(Schema):
    """The end of the minute, and the rate that was observed then."""

    time = fields.String(required=True)
    usdtUsd = fields.Float(required=True, allow_none=True)
    usdtUsdConfidence = fields.Float(required=True, allow_none=True)
    providers = fields.Dict(fields.String(), fields.String(), required=True)


class PastPricesAnswer(Schema):
    """Prices in the order of the request."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(PastPriceRow), required=True)
    meta = fields.Nested(PastPricesMeta, required=True)
