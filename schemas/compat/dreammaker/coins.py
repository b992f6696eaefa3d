"""Coins and the market overview, in US dollars and per cent. An unknown figure is null."""

from marshmallow import fields, validate

from schemas._fields import IntegerField
from schemas._schema import Schema


class CoinsQuery(Schema):
    """The number of coins, the largest first. The engine returns only coins that it serves."""

    limit = IntegerField(
        load_default=50,
        validate=validate.Range(1, 1000),
        metadata={"description": "Maximum number of coins", "example": 2},
    )


class TopPriceRow(Schema):
    """A coin of `GET /api/crypto/prices/top`, whose answer is an array."""

    symbol = fields.String(required=True)
    name = fields.String(required=True)
    price = fields.Float(required=True)
    change_24h = fields.Float(required=True, allow_none=True)
    volume_24h = fields.Float(required=True, allow_none=True)
    market_cap = fields.Float(required=True, allow_none=True)
    rank = fields.Integer(required=True, allow_none=True)
    last_updated = fields.String(required=True)


class MarketOverview(Schema):
    """`GET /api/crypto/market-overview`. `markets` is the number of exchanges."""

    total_market_cap = fields.Float(required=True)
    total_volume_24h = fields.Float(required=True, allow_none=True)
    btc_dominance = fields.Float(required=True, allow_none=True)
    eth_dominance = fields.Float(required=True, allow_none=True)
    market_cap_change_24h = fields.Float(required=True, allow_none=True)
    active_cryptocurrencies = fields.Integer(required=True, allow_none=True)
    markets = fields.Integer(required=True, allow_none=True)


class CategoryRow(Schema):
    """A category of `GET /api/categories`, whose answer is an array. `top_3_coins` are image URLs."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    market_cap = fields.Float(required=True, allow_none=True)
    market_cap_change_24h = fields.Float(required=True, allow_none=True)
    volume_24h = fields.Float(required=True, allow_none=True)
    top_3_coins = fields.List(fields.String(), required=True)


class TopCoin(Schema):
    """A coin for newer clients. `id` is CoinGecko's, and null for coins that the engine does not serve."""

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
    """`GET /api/trending`: the most searched coins, the most searched one first."""


class MarketAnswer(Schema):
    """`GET /api/market`: the coins and the totals. An unavailable total is null."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(TopCoin), required=True)
    total_market_cap = fields.Float(required=True, allow_none=True)
    total_volume = fields.Float(required=True, allow_none=True)
    btc_dominance = fields.Float(required=True, allow_none=True)
    eth_dominance = fields.Float(required=True, allow_none=True)
    active_coins = fields.Integer(required=True, allow_none=True)
