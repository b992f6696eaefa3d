"""Binance's `exchangeInfo`: the markets and limits.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints
"""

from marshmallow import fields

from schemas._schema import Schema


class LimitRow(Schema):
    """A rate limit for each client."""

    rateLimitType = fields.String(required=True)
    interval = fields.String(required=True)
    intervalNum = fields.Integer(required=True)
    limit = fields.Integer(required=True)


class MarketRow(Schema):
    """A market. Orders are unavailable: `orderTypes` is empty, `filters` has the step of prices at most."""

    symbol = fields.String(required=True)
    status = fields.String(required=True)
    baseAsset = fields.String(required=True)
    baseAssetPrecision = fields.Integer(required=True)
    quoteAsset = fields.String(required=True)
    quotePrecision = fields.Integer(required=True)
    quoteAssetPrecision = fields.Integer(required=True)
    baseCommissionPrecision = fields.Integer(required=True)
    quoteCommissionPrecision = fields.Integer(required=True)
    orderTypes = fields.List(fields.String(), required=True)
    icebergAllowed = fields.Boolean(required=True)
    ocoAllowed = fields.Boolean(required=True)
    otoAllowed = fields.Boolean(required=True)
    opoAllowed = fields.Boolean(required=True)
    quoteOrderQtyMarketAllowed = fields.Boolean(required=True)
    allowTrailingStop = fields.Boolean(required=True)
    cancelReplaceAllowed = fields.Boolean(required=True)
    amendAllowed = fields.Boolean(required=True)
    pegInstructionsAllowed = fields.Boolean(required=True)
    isSpotTradingAllowed = fields.Boolean(required=True)
    isMarginTradingAllowed = fields.Boolean(required=True)
    filters = fields.List(fields.Dict(), required=True)
    permissions = fields.List(fields.String(), required=True)
    permissionSets = fields.List(fields.List(fields.String()))
    defaultSelfTradePreventionMode = fields.String(required=True)
    allowedSelfTradePreventionModes = fields.List(fields.String(), required=True)


class Exchange(Schema):
    """The markets and the rate limits."""

    timezone = fields.String(required=True)
    serverTime = fields.Integer(required=True)
    rateLimits = fields.List(fields.Nested(LimitRow), required=True)
    exchangeFilters = fields.List(fields.Dict(), required=True)
    symbols = fields.List(fields.Nested(MarketRow), required=True)
