"""`GET /api/prices`."""

from marshmallow import Schema, fields, validate

from schemas._fields import SymbolsField
from schemas.meta import Freshness


class PricesQuery(Schema):
    """The requested coins and currency."""

    symbols = SymbolsField(
        pinned_only=True,
        load_default=None,
        metadata={"description": "Separated by commas; all coins by default", "example": "BTC,ETH"},
    )
    convert = fields.String(
        load_default="USDT",
        validate=validate.OneOf(["USD", "USDT"]),
        metadata={"description": "The currency of prices"},
    )


class SourceRow(Schema):
    """A provider's quote, in the currency of the answer."""

    provider = fields.String(required=True)
    price = fields.Float(required=True)
    deviation = fields.Float(required=True)
    outlier = fields.Boolean(required=True)
    suspect = fields.Boolean(required=True)


class PriceRow(Schema):
    """The price of a coin. Changes are in per cent. An unknown figure is null."""

    symbol = fields.String(required=True)
    name = fields.String(required=True)
    price = fields.Float(required=True, allow_none=True)
    priceUsd = fields.Float(required=True, allow_none=True)
    change1h = fields.Float(required=True, allow_none=True)
    change24h = fields.Float(required=True, allow_none=True)
    change7d = fields.Float(required=True, allow_none=True)
    volume24h = fields.Float(required=True, allow_none=True)
    marketCap = fields.Float(required=True, allow_none=True)
    rank = fields.Integer(required=True, allow_none=True)
    lastUpdate = fields.String(required=True)
    confidence = fields.Float(required=True, validate=validate.Range(0, 1))
    verified = fields.Boolean(required=True)
    disputed = fields.Boolean(metadata={"description": "true if the quotes form two separate groups"})
    sources = fields.List(fields.Nested(SourceRow), required=True)


class PricesMeta(Freshness):
    """The missing coins, the providers that failed with reasons, and US dollars for one USDT."""

    missing = fields.List(fields.String(), required=True)
    providers = fields.Dict(fields.String(), fields.String(), required=True)
    usdtUsd = fields.Float(required=True, allow_none=True)
    usdtUsdConfidence = fields.Float(required=True, allow_none=True, validate=validate.Range(0, 1))


class PricesAnswer(Schema):
    """A price for each coin, in the requested order."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(PriceRow), required=True)
    timestamp = fields.Integer(required=True)
    source = fields.String(required=True)
    meta = fields.Nested(PricesMeta, required=True)
