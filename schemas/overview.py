"""`GET /api/market/overview`."""

from marshmallow import fields

from schemas._schema import Schema
from schemas.meta import Sourced


class ListingRow(Schema):
    """A coin in US dollars, with its change in per cent. An unknown figure is null."""

    symbol = fields.String(required=True)
    name = fields.String(required=True)
    price = fields.Float(required=True, allow_none=True)
    change24h = fields.Float(required=True, allow_none=True)
    volume24h = fields.Float(required=True, allow_none=True)
    marketCap = fields.Float(required=True, allow_none=True)
    rank = fields.Integer(required=True, allow_none=True)


class OverviewData(Schema):
    """The market overview, in US dollars and per cent. An unavailable part is null."""

    totalMarketCap = fields.Float(required=True, allow_none=True)
    totalVolume24h = fields.Float(required=True, allow_none=True)
    btcDominance = fields.Float(required=True, allow_none=True)
    ethDominance = fields.Float(required=True, allow_none=True)
    activeCoins = fields.Integer(required=True, allow_none=True)
    marketCapChange24h = fields.Float(required=True, allow_none=True)
    topGainers = fields.List(fields.Nested(ListingRow), required=True, allow_none=True)
    topLosers = fields.List(fields.Nested(ListingRow), required=True, allow_none=True)
    trending = fields.List(fields.Nested(ListingRow), required=True, allow_none=True)


class OverviewMeta(Sourced):
    """The providers of the overview. `markets` is the number of exchanges, null if it is unknown."""

    markets = fields.Integer(required=True, allow_none=True)


class OverviewAnswer(Schema):
    """The market overview."""

    success = fields.Boolean(required=True)
    data = fields.Nested(OverviewData, required=True)
    timestamp = fields.Integer(required=True)
    meta = fields.Nested(OverviewMeta, required=True)
