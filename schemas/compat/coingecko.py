"""CoinGecko's API v3: https://docs.coingecko.com/reference/introduction."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from schemas._schema import Schema
from schemas.compat._coingecko_charts import ChartQuery as ChartQuery
from schemas.compat._coingecko_charts import RangeQuery as RangeQuery
from schemas.compat._coingecko_queries import CategoriesQuery as CategoriesQuery
from schemas.compat._coingecko_queries import CoinQuery as CoinQuery
from schemas.compat._coingecko_queries import CoinsQuery as CoinsQuery
from schemas.compat._coingecko_queries import DateQuery as DateQuery
from schemas.compat._coingecko_queries import ListQuery as ListQuery
from schemas.compat._coingecko_queries import MarketsQuery as MarketsQuery
from schemas.compat._coingecko_queries import OhlcQuery as OhlcQuery
from schemas.compat._coingecko_queries import PriceQuery as PriceQuery
from schemas.compat._coingecko_queries import SearchQuery as SearchQuery
from schemas.compat._coingecko_queries import TickersQuery as TickersQuery
from schemas.compat._coingecko_queries import TokenPriceQuery as TokenPriceQuery


class PingAnswer(Schema):
    """A sign that the server is available."""

    gecko_says = fields.String(required=True)


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


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


_POINTS = _list({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
_ROWS = _list({"type": "object"})
CHART_ANSWER = _object(
    "prices market_caps total_volumes", prices=_POINTS, market_caps=_POINTS, total_volumes=_POINTS
)
COIN_ANSWER = _object(
    "id symbol name platforms detail_platforms market_cap_rank last_updated",
    id={"type": "string"},
    symbol={"type": "string"},
    name={"type": "string"},
    platforms=_object_of({"type": "string"}),
    detail_platforms={"type": "object"},
    market_cap_rank={"type": "integer", "nullable": True},
    market_data={"type": "object"},
    tickers=_ROWS,
    last_updated={"type": "string", "nullable": True},
)
HISTORY_ANSWER = _object(
    "id symbol name",
    id={"type": "string"},
    symbol={"type": "string"},
    name={"type": "string"},
    market_data=_object("current_price", current_price=_object_of({"type": "number"})),
)
TICKERS_ANSWER = _object("name tickers", name={"type": "string"}, tickers=_ROWS)
SEARCH_ANSWER = _object(
    "coins exchanges icos categories nfts",
    **dict.fromkeys(("coins", "exchanges", "icos", "categories", "nfts"), _ROWS),
)
TRENDING_ANSWER = _object("coins nfts categories", coins=_ROWS, nfts=_ROWS, categories=_ROWS)
CATEGORIES_ANSWER = _ROWS
RATES_ANSWER = _object(
    "rates",
    rates=_object_of(
        _object(
            "name unit value type",
            name={"type": "string"},
            unit={"type": "string"},
            value={"type": "number"},
            type={"type": "string"},
        )
    ),
)
