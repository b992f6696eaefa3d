"""`GET /api/symbols` with parameters, and `GET /api/markets`."""

from typing import get_args

from marshmallow import fields, validate

from providers import Kind, MarketLister, discover
from schemas._fields import FormatField, IntegerField
from schemas._schema import Schema

COIN_STATES = ("pinned", "proved", "tentative")
MARKET_STATES = (*COIN_STATES, "refused", "ended")
VENUES = tuple(kind.name for kind in discover() if issubclass(kind, MarketLister))
MOST_ROWS = 500


class _PageQuery(Schema):
    """One page of a long list."""

    form = FormatField()

    limit = IntegerField(
        load_default=100,
        validate=validate.Range(1, MOST_ROWS),
        metadata={"description": "Maximum number of rows"},
    )
    cursor = fields.String(
        load_default=None,
        metadata={"description": "`meta.next` of the page before; it survives a refresh of the catalogue"},
    )


class SymbolsQuery(_PageQuery):
    """The requested coins. Without any parameter the answer is the short list that always works."""

    limit = IntegerField(
        load_default=100,
        validate=validate.Range(1, MOST_ROWS),
        metadata={"description": "Maximum number of rows; 100 by default", "default": None},
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "A part of a code, a name or a former name", "example": "neiro"},
    )
    kind = fields.String(
        load_default=None,
        validate=validate.OneOf(get_args(Kind)),
        metadata={"description": "Only assets of this kind"},
    )
    state = fields.String(
        load_default=None,
        validate=validate.OneOf(COIN_STATES),
        metadata={"description": "Only coins that are known this well"},
    )


class MarketsQuery(_PageQuery):
    """The requested markets."""

    base = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "Only markets of this coin: its code, name or `@id`", "example": "BTC"},
    )
    quote = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "Only markets in this currency or coin", "example": "EUR"},
    )
    venue = fields.String(
        load_default=None,
        validate=validate.OneOf(VENUES),
        metadata={"description": "Only markets of this exchange", "example": "kraken"},
    )


class ListedCoinRow(Schema):
    """A coin of the catalogue. `venues` counts the exchanges that trade it."""

    id = fields.String(required=True)
    symbol = fields.String(required=True)
    name = fields.String(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(get_args(Kind)))
    state = fields.String(required=True, validate=validate.OneOf(COIN_STATES))
    aliases = fields.List(fields.String(), required=True)
    former = fields.List(fields.String(), required=True)
    venues = fields.Integer(required=True)


class MarketRow(Schema):
    """A market of an exchange, with the exchange's own name for it. What it does not say is null."""

    symbol = fields.String(required=True)
    base = fields.String(required=True)
    quote = fields.String(required=True)
    venue = fields.String(required=True)
    native = fields.String(required=True)
    since = fields.String(required=True, allow_none=True)
    tickSize = fields.Float(required=True, allow_none=True)
    stepSize = fields.Float(required=True, allow_none=True)
    volume24hUsd = fields.Float(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(MARKET_STATES))


class CatalogueMeta(Schema):
    """The time of the oldest listing behind the rows, their version, and the cursor of the next page."""

    asOf = fields.String(required=True, allow_none=True)
    version = fields.String(required=True)
    next = fields.String(required=True, allow_none=True)


class ListedCoinsAnswer(Schema):
    """Coins, the best matches first."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(ListedCoinRow), required=True)
    meta = fields.Nested(CatalogueMeta, required=True)


class MarketsAnswer(Schema):
    """Markets by base, quote and exchange."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(MarketRow), required=True)
    meta = fields.Nested(CatalogueMeta, required=True)


class IndexAnswer(Schema):
    """The paths of everything that can be requested, and that of their documentation."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.String(), required=True)
    documentation = fields.String(required=True)
