"""CoinGecko's API v3. https://docs.coingecko.com/reference/introduction"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from schemas._fields import WholeField
from schemas.compat._coingecko_fields import (
    PrecisionField,
    TextField,
    TextsField,
    YesField,
    required,
)


class CoinsQuery(Schema):
    """Which coins: the first of these that is given counts."""

    ids = TextsField(load_default=None, metadata={"type": "string", "example": "bitcoin,ethereum"})
    names = TextsField(load_default=None, metadata={"type": "string"})
    symbols = TextsField(load_default=None, metadata={"type": "string"})
    precision = PrecisionField(load_default=None, metadata={"type": "string"})


class PriceQuery(CoinsQuery):
    """And in what, with which other figures."""

    vs_currencies = TextsField(
        required=True,
        error_messages=required("vs_currencies"),
        metadata={
            "pattern": "[^, ]",
            "type": "string",
            "description": "usd, usdt; others are left out",
            "example": "usd",
        },
    )
    include_market_cap = YesField(load_default=False)
    include_24hr_vol = YesField(load_default=False)
    include_24hr_change = YesField(load_default=False)
    include_last_updated_at = YesField(load_default=False)


ORDERS = ("market_cap_desc", "market_cap_asc", "volume_desc", "volume_asc", "id_desc", "id_asc")


class MarketsQuery(CoinsQuery):
    """Which rows, in which order."""

    vs_currency = TextField(
        required=True,
        error_messages=required("vs_currency"),
        metadata={"enum": ["usd", "usdt"], "example": "usd"},
    )
    category = fields.String(load_default="", metadata={"description": "None is known here"})
    order = fields.String(load_default=ORDERS[0], validate=validate.OneOf(ORDERS))
    per_page = WholeField(load_default=100, validate=validate.Range(min=1))
    page = WholeField(load_default=1, validate=validate.Range(min=1))
    sparkline = YesField(load_default=False)
    price_change_percentage = TextsField(
        load_default=None, metadata={"type": "string", "description": "1h, 24h, 7d; others are null"}
    )


DAYS = ("1", "7", "14", "30", "90", "180", "365", "max")


class OhlcQuery(Schema):
    """Which candles: their size follows from `days`, unless `interval` is given."""

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
    """That the server is there."""

    gecko_says = fields.String(required=True)


class CoinRow(Schema):
    """A coin by its names."""

    id = fields.String(required=True)
    symbol = fields.String(required=True)
    name = fields.String(required=True)


SPANS = ("1h", "24h", "7d", "14d", "30d", "200d", "1y")
"""Those over which changes may be asked for; others are not heard."""


class MarketRow(CoinRow):
    """A coin in `vs_currency`, changes in per cent. What is not known is null."""

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
    """US dollars and per cent; null is what nobody gave."""

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
    """The market as a whole."""

    data = fields.Nested(GlobalData, required=True)


class FailureAnswer(Schema):
    """What went wrong: `error` where the request is, `status` where the service is."""

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
