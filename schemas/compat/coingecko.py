"""CoinGecko's API v3: https://docs.coingecko.com/reference/introduction."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from schemas._fields import IntegerField
from schemas.compat._coingecko_fields import (
    BooleanField,
    PrecisionField,
    TextField,
    TextsField,
    required,
)


class CoinsQuery(Schema):
    """The requested coins. The first of these parameters that is present counts."""

    ids = TextsField(load_default=None, metadata={"type": "string", "example": "bitcoin,ethereum"})
    names = TextsField(load_default=None, metadata={"type": "string"})
    symbols = TextsField(load_default=None, metadata={"type": "string"})
    precision = PrecisionField(load_default=None, metadata={"type": "string"})


class PriceQuery(CoinsQuery):
    """The requested coins, currencies and further figures."""

    vs_currencies = TextsField(
        required=True,
        error_messages=required("vs_currencies"),
        metadata={
            "pattern": "[^, ]",
            "type": "string",
            "description": "usd, usdt; others are omitted",
            "example": "usd",
        },
    )
    include_market_cap = BooleanField(load_default=False)
    include_24hr_vol = BooleanField(load_default=False)
    include_24hr_change = BooleanField(load_default=False)
    include_last_updated_at = BooleanField(load_default=False)


ORDERS = ("market_cap_desc", "market_cap_asc", "volume_desc", "volume_asc", "id_desc", "id_asc")


class MarketsQuery(CoinsQuery):
    """The requested coins, and their order."""

    vs_currency = TextField(
        required=True,
        error_messages=required("vs_currency"),
        metadata={"enum": ["usd", "usdt"], "example": "usd"},
    )
    category = fields.String(load_default="", metadata={"description": "Categories are unsupported"})
    order = fields.String(load_default=ORDERS[0], validate=validate.OneOf(ORDERS))
    per_page = IntegerField(load_default=100, validate=validate.Range(min=1))
    page = IntegerField(load_default=1, validate=validate.Range(min=1))
    sparkline = BooleanField(load_default=False)
    price_change_percentage = TextsField(
        load_default=None, metadata={"type": "string", "description": "1h, 24h, 7d; others are null"}
    )


DAYS = ("1", "7", "14", "30", "90", "180", "365", "max")


class OhlcQuery(Schema):
    """The requested candles. `days` determines their interval, unless `interval` does."""

    coin = fields.String(required=True, metadata={"description": "An id", "example": "bitcoin"})
    vs_currency = TextField(
        required=True,
        error_messages=required("vs_currency"),
        metadata={"enum": ["usd", "usdt"], "example": "usd"},
    )
    days = TextField(
        required=True,
        error_messages=required("days"),
        validate=validate.OneOf(DAYS, error="not one of {choices}"),
        metadata={"example": "1"},
    )
    interval = fields.String(load_default="", validate=validate.OneOf(["", "daily", "hourly"]))
    precision = PrecisionField(load_default=None, metadata={"type": "string"})


class PingAnswer(Schema):
    """A sign that the server is available."""

    gecko_says = fields.String(required=True)


class ListQuery(Schema):
    """Whether contracts are requested. The list of inactive coins is empty."""

    include_platform = BooleanField(load_default=False)
    status = fields.String(load_default="active", validate=validate.OneOf(["active", "inactive"]))


class CoinRow(Schema):
    """A coin with its names, and its contracts by chain where requested."""

    id = fields.String(required=True)
    symbol = fields.String(required=True)
    name = fields.String(required=True)
    platforms = fields.Dict(fields.String(), fields.String())


SPANS = ("1h", "24h", "7d", "14d", "30d", "200d", "1y")
"""The periods of changes that a request may name. Others are ignored."""


class MarketRow(CoinRow):
    """A coin in `vs_currency`, with changes in per cent. An unknown figure is null."""

    image = fields.String(required=True, allow_none=True)
    current_price = fields.Float(required=True, allow_none=True)
    market_cap = fields.Float(required=True, allow_none=True)
    market_cap_rank = fields.Integer(required=True, allow_none=True)
    market_cap_rank_with_rehypothecated = fields.Integer(required=True, allow_none=True)
    fully_diluted_valuation = fields.Float(required=True, allow_none=True)
    total_volume = fields.Float(required=True, allow_none=True)
    high_24h = fields.Float(required=True, allow_none=True)
    low_24h = fields.Float(required=True, allow_none=True)
    price_change_24h = fields.Float(required=True, allow_none=True)
    price_change_percentage_24h = fields.Float(required=True, allow_none=True)
    market_cap_change_24h = fields.Float(required=True, allow_none=True)
    market_cap_change_percentage_24h = fields.Float(required=True, allow_none=True)
    circulating_supply = fields.Float(required=True, allow_none=True)
    total_supply = fields.Float(required=True, allow_none=True)
    max_supply = fields.Float(required=True, allow_none=True)
    ath = fields.Float(required=True, allow_none=True)
    ath_change_percentage = fields.Float(required=True, allow_none=True)
    ath_date = fields.String(required=True, allow_none=True)
    atl = fields.Float(required=True, allow_none=True)
    atl_change_percentage = fields.Float(required=True, allow_none=True)
    atl_date = fields.String(required=True, allow_none=True)
    roi = fields.Dict(required=True, allow_none=True)
    last_updated = fields.String(required=True, allow_none=True)
    price_change_percentage_1h_in_currency = fields.Float(allow_none=True)
    price_change_percentage_24h_in_currency = fields.Float(allow_none=True)
    price_change_percentage_7d_in_currency = fields.Float(allow_none=True)
    price_change_percentage_14d_in_currency = fields.Float(allow_none=True)
    price_change_percentage_30d_in_currency = fields.Float(allow_none=True)
    price_change_percentage_200d_in_currency = fields.Float(allow_none=True)
    price_change_percentage_1y_in_currency = fields.Float(allow_none=True)
    sparkline_in_7d = fields.Dict(allow_none=True)


class GlobalData(Schema):
    """The market overview, in US dollars and per cent. An unknown figure is null."""

    active_cryptocurrencies = fields.Integer(required=True, allow_none=True)
    upcoming_icos = fields.Integer(required=True, allow_none=True)
    ongoing_icos = fields.Integer(required=True, allow_none=True)
    ended_icos = fields.Integer(required=True, allow_none=True)
    markets = fields.Integer(required=True, allow_none=True)
    total_market_cap = fields.Dict(fields.String(), fields.Float(allow_none=True), required=True)
    total_volume = fields.Dict(fields.String(), fields.Float(allow_none=True), required=True)
    market_cap_percentage = fields.Dict(fields.String(), fields.Float(allow_none=True), required=True)
    market_cap_change_percentage_24h_usd = fields.Float(required=True, allow_none=True)
    volume_change_percentage_24h_usd = fields.Float(required=True, allow_none=True)
    updated_at = fields.Integer(required=True)


class GlobalAnswer(Schema):
    """The market overview."""

    data = fields.Nested(GlobalData, required=True)


class FailureAnswer(Schema):
    """A failure: `error` for an invalid request, `status` for a failure of the service."""

    error = fields.String()
    status = fields.Dict(fields.String(), fields.Raw())


def _object_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": dict(values)}


PRICES_ANSWER = _object_of(_object_of({"type": "number", "nullable": True}))
CURRENCIES_ANSWER = {"type": "array", "items": {"type": "string"}}
OHLC_ANSWER = {
    "type": "array",
    "description": "Close time in Unix ms, open, high, low, close",
    "items": {"type": "array", "items": {"type": "number"}, "minItems": 5, "maxItems": 5},
}
