"""CryptoCompare's prices and lists: https://min-api.cryptocompare.com/documentation."""

from typing import Any

from marshmallow import validate

from schemas._fields import IntegerField
from schemas._schema import Schema
from schemas.compat._cryptocompare_fields import (
    CodesField,
    LowerField,
    PastField,
    QuoteField,
    UpperField,
)
from schemas.prices import CURRENCIES

CURRENCY_CODES = f"Separated by commas, of {', '.join(CURRENCIES)}; others are left out"


class PriceQuery(Schema):
    """The requested coin and currencies."""

    fsym = UpperField(required=True, metadata={"description": "A coin", "example": "BTC"})
    tsyms = CodesField(required=True, metadata={"description": CURRENCY_CODES, "example": "USD"})


class PricesQuery(Schema):
    """The requested coins and currencies."""

    fsyms = CodesField(
        required=True,
        metadata={"description": "Separated by commas; unknown ones are left out", "example": "BTC,ETH"},
    )
    tsyms = CodesField(required=True, metadata={"description": CURRENCY_CODES, "example": "USD"})


class PastQuery(PriceQuery):
    """The requested coin, currencies and time."""

    time = PastField(
        data_key="ts", required=True, metadata={"description": "Unix seconds", "example": 1_767_225_600}
    )


class AverageQuery(Schema):
    """The requested pair and exchanges."""

    fsym = UpperField(required=True, metadata={"description": "A coin", "example": "BTC"})
    tsym = QuoteField(required=True, metadata={"enum": list(CURRENCIES), "example": "USDT"})
    exchanges = LowerField(
        data_key="e",
        required=True,
        metadata={"description": "Separated by commas", "example": "Binance,Kraken"},
    )


class CoinsQuery(Schema):
    """One coin, or all of them."""

    fsym = UpperField(load_default=None, metadata={"description": "A code"})


class TopQuery(Schema):
    """The currency of the figures, and the page, which is counted from 0."""

    tsym = QuoteField(required=True, metadata={"enum": list(CURRENCIES), "example": "USD"})
    limit = IntegerField(load_default=10, validate=validate.Range(1, 100))
    page = IntegerField(load_default=0, validate=validate.Range(0, 1000))


class NewsQuery(Schema):
    """The coins of the stories."""

    categories = CodesField(load_default=None, metadata={"description": "Codes separated by commas"})


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


_FIGURES = {"type": "object"}
PRICE_ANSWER = {"type": "object", "additionalProperties": {"type": "number"}}
PRICES_ANSWER = {"type": "object", "additionalProperties": PRICE_ANSWER}
FULL_ANSWER = _object("RAW DISPLAY", RAW=_FIGURES, DISPLAY=_FIGURES)
COINS_ANSWER = _object("Response Data", Response={"type": "string", "enum": ["Success"]}, Data=_FIGURES)
TOP_ANSWER = _object(
    "Message Type MetaData Data",
    Message={"type": "string"},
    Type={"type": "integer"},
    MetaData=_FIGURES,
    Data={"type": "array", "items": _FIGURES},
)
NEWS_ANSWER = _object(
    "Type Message Data",
    Type={"type": "integer"},
    Message={"type": "string"},
    Data={"type": "array", "items": _FIGURES},
)
