"""`GET /api/prices`."""

from marshmallow import fields, validate

from schemas._fields import FlagField, FormatField, SymbolField, SymbolsField
from schemas._schema import Schema
from schemas.meta import Freshness

CURRENCIES = ("USDT", "USD", "EUR", "GBP", "TRY", "BRL", "JPY", "AUD", "CAD", "CHF", "USDC", "BTC", "ETH")


class _CurrencyQuery(Schema):
    """The currency of prices, and what is added to them."""

    convert = fields.String(
        load_default="USDT",
        validate=validate.OneOf(CURRENCIES),
        metadata={"description": "The currency of prices"},
    )
    sparkline = FlagField(
        load_default=False,
        metadata={"description": "Add the closes of the last 24 hours, where candles of them are at hand"},
    )
    form = FormatField()


class PricesQuery(_CurrencyQuery):
    """The requested coins and currency."""

    aliases = {"symbol": "symbols"}

    symbols = SymbolsField(
        load_default=None,
        metadata={
            "description": "Separated by commas; the thirty coins that always work by default. A pair names "
            "its base, `:kraken` behind it limits the sources to an exchange",
            "example": "BTC,ETH",
        },
    )


class PriceQuery(_CurrencyQuery):
    """One coin, and the currency."""

    symbol = SymbolField(required=True, metadata={"description": "A coin or a pair", "example": "BTC"})


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
    derived = fields.Boolean(metadata={"description": "true if the coin has no market in the currency"})
    via = fields.List(
        fields.String(),
        metadata={"description": "The markets that a derived price was worked out from"},
    )
    thin = fields.Boolean(
        metadata={"description": "true if the price rests on markets with under 10 000 US dollars a day"}
    )
    sparkline = fields.List(
        fields.Float(),
        allow_none=True,
        metadata={"description": "The last 24 hourly closes, the oldest first; null where not at hand"},
    )
    sources = fields.List(fields.Nested(SourceRow), required=True)


class PricesMeta(Freshness):
    """The missing coins, the providers that failed with reasons, and US dollars for one USDT."""

    missing = fields.List(fields.String(), required=True)
    providers = fields.Dict(fields.String(), fields.String(), required=True)
    usdtUsd = fields.Float(required=True, allow_none=True)
    usdtUsdConfidence = fields.Float(required=True, allow_none=True, validate=validate.Range(0, 1))
    resolved = fields.Dict(
        fields.String(),
        fields.Dict(),
        metadata={"description": "Which coin a name means that other coins have, too"},
    )
    renamed = fields.Dict(
        fields.String(),
        fields.Dict(),
        metadata={"description": "The present name of a coin that was asked for by a former one"},
    )


class PricesAnswer(Schema):
    """A price for each coin, in the requested order."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(PriceRow), required=True)
    timestamp = fields.Integer(required=True)
    source = fields.String(required=True)
    meta = fields.Nested(PricesMeta, required=True)
