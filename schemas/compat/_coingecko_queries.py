"""What clients ask of CoinGecko's API v3: https://docs.coingecko.com/reference/introduction."""

from marshmallow import fields, validate

from schemas._fields import IntegerField
from schemas._schema import Schema
from schemas.compat._coingecko_fields import (
    AddressesField,
    BooleanField,
    DateField,
    PrecisionField,
    TextField,
    TextsField,
    required,
)
from schemas.prices import CURRENCIES

VS = tuple(sorted(code.lower() for code in CURRENCIES))
"""The currencies of prices."""


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
            "description": "Separated by commas; unknown ones are omitted beside known ones",
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
        metadata={"enum": list(VS), "example": "usd"},
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
        metadata={"enum": list(VS), "example": "usd"},
    )
    days = TextField(
        required=True,
        error_messages=required("days"),
        validate=validate.OneOf(DAYS, error="not one of {choices}"),
        metadata={"example": "1"},
    )
    interval = fields.String(load_default="", validate=validate.OneOf(["", "daily", "hourly"]))
    precision = PrecisionField(load_default=None, metadata={"type": "string"})


class ListQuery(Schema):
    """Whether contracts are requested. The list of inactive coins is empty."""

    include_platform = BooleanField(load_default=False)
    status = fields.String(load_default="active", validate=validate.OneOf(["active", "inactive"]))


class TokenPriceQuery(Schema):
    """The requested contracts on a chain, currencies and further figures."""

    platform = TextField(required=True, metadata={"description": "A chain", "example": "ethereum"})
    contract_addresses = AddressesField(
        required=True,
        error_messages=required("contract_addresses"),
        metadata={
            "type": "string",
            "pattern": "[^, ]",
            "example": "0x514910771af9ca656af840dff83e8264ecf986ca",
        },
    )
    vs_currencies = TextsField(
        required=True,
        error_messages=required("vs_currencies"),
        metadata={"type": "string", "pattern": "[^, ]", "example": "usd"},
    )
    include_market_cap = BooleanField(load_default=False)
    include_24hr_vol = BooleanField(load_default=False)
    include_24hr_change = BooleanField(load_default=False)
    include_last_updated_at = BooleanField(load_default=False)
    precision = PrecisionField(load_default=None, metadata={"type": "string"})


class OneCoinQuery(Schema):
    """The requested coin."""

    coin = fields.String(required=True, metadata={"description": "An id", "example": "bitcoin"})


class CoinQuery(OneCoinQuery):
    """The parts of a coin's description. Others than these are left out."""

    with_market = BooleanField(data_key="market_data", load_default=True)
    with_tickers = BooleanField(data_key="tickers", load_default=True)


class TickersQuery(OneCoinQuery):
    """The requested exchanges, and the page: it has 100 rows."""

    exchanges = TextsField(data_key="exchange_ids", load_default=None, metadata={"type": "string"})
    page = IntegerField(load_default=1, validate=validate.Range(min=1))


class DateQuery(OneCoinQuery):
    """The requested day."""

    date = DateField(
        required=True,
        error_messages=required("date"),
        metadata={"description": "`dd-mm-yyyy`, in UTC", "example": "01-11-2026"},
    )


class SearchQuery(Schema):
    """The text to search for."""

    query = TextField(load_default="", metadata={"example": "bit"})


CATEGORY_ORDERS = (
    *("market_cap_desc", "market_cap_asc", "name_desc", "name_asc"),
    *("market_cap_change_24h_desc", "market_cap_change_24h_asc"),
)


class CategoriesQuery(Schema):
    """The order of categories."""

    order = fields.String(load_default=CATEGORY_ORDERS[0], validate=validate.OneOf(CATEGORY_ORDERS))
