"""Coins and the market as a whole. US dollars and per cent; a figure that nobody gave is null."""

from marshmallow import Schema, fields, validate

from schemas._fields import WholeField


class CoinsQuery(Schema):
    """How many coins, the largest first. There are as many as the engine serves."""

    limit = WholeField(
        load_default=50,
        validate=validate.Range(1, 1000),
        metadata={"description": "How many at most", "example": 2},
    )


class TopPriceRow(Schema):
    """One coin of `GET /api/crypto/prices/top`, a bare array."""

    symbol = fields.String(required=True)
    name = fields.String(required=True)
    price = fields.Float(required=True)
    change_24h = fields.Float(required=True, allow_none=True)
    volume_24h = fields.Float(required=True, allow_none=True)
    market_cap = fields.Float(required=True, allow_none=True)
    rank = fields.Integer(required=True, allow_none=True)
    last_updated = fields.String(required=True)


class MarketOverview(Schema):
    """`GET /api/crypto/market-overview`; `markets` are exchanges."""

    total_market_cap = fields.Float(required=True)
    total_volume_24h = fields.Float(required=True, allow_none=True)
    btc_dominance = fields.Float(required=True, allow_none=True)
    eth_dominance = fields.Float(required=True, allow_none=True)
    market_cap_change_24h = fields.Float(required=True, allow_none=True)
    active_cryptocurrencies = fields.Integer(required=True, allow_none=True)
    markets = fields.Integer(required=True, allow_none=True)


class CategoryRow(Schema):
    """One kind of coins of `GET /api/categories`, a bare array; the three coins are pictures' addresses."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    market_cap = fields.Float(required=True, allow_none=True)
    market_cap_change_24h = fields.Float(required=True, allow_none=True)
    volume_24h = fields.Float(required=True, allow_none=True)
    top_3_coins = fields.List(fields.String(), required=True)


class TopCoin(Schema):
    """One coin as newer clients read it; `id` is CoinGecko's, null for coins that are not served here."""

    id = fields.String(required=True, allow_none=True)
    symbol = fields.String(required=True)
    name = fields.String(required=True)
    current_price = fields.Float(required=True, allow_none=True)
    price_change_percentage_24h = fields.Float(required=True, allow_none=True)
    market_cap = fields.Float(required=True, allow_none=True)
    total_volume = fields.Float(required=True, allow_none=True)
    rank = fields.Integer(required=True, allow_none=True)


class CoinsAnswer(Schema):
    """`GET /api/coins/top`."""

    success = fields.Boolean(required=True)
    coins = fields.List(fields.Nested(TopCoin), required=True)


class TrendingAnswer(CoinsAnswer):
    """`GET /api/trending`: what people look for most, first of all."""


class MarketAnswer(Schema):
    """`GET /api/market`: the coins, and the totals, which are null where they cannot be had."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(TopCoin), required=True)
    total_market_cap = fields.Float(required=True, allow_none=True)
    total_volume = fields.Float(required=True, allow_none=True)
    btc_dominance = fields.Float(required=True, allow_none=True)
    eth_dominance = fields.Float(required=True, allow_none=True)
    active_coins = fields.Integer(required=True, allow_none=True)
