"""`GET /api/news`."""

from marshmallow import Schema, fields, validate

from schemas._fields import SymbolsField, WholeField
from schemas.meta import Sourced
from schemas.sentiment import WORDS


class NewsQuery(Schema):
    """Which stories, and how many."""

    symbols = SymbolsField(
        load_default=None,
        metadata={"description": "By comma; every story without it", "example": "BTC,ETH"},
    )
    limit = WholeField(
        load_default=20, validate=validate.Range(1, 100), metadata={"description": "How many stories"}
    )
    sentiment = fields.String(
        load_default=None,
        validate=validate.OneOf(WORDS),
        metadata={"description": "What the stories say; any without it"},
    )


class StoryRow(Schema):
    """One story. `title` is plain text, `url` an http(s) address."""

    title = fields.String(required=True, validate=validate.Length(1, 300))
    url = fields.URL(required=True, schemes={"http", "https"}, require_tld=False)
    source = fields.String(required=True)
    publishedAt = fields.String(required=True)
    symbols = fields.List(fields.String(), required=True)
    sentiment = fields.String(required=True, validate=validate.OneOf(WORDS))


class NewsAnswer(Schema):
    """Stories, the newest first."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(StoryRow), required=True)
    timestamp = fields.Integer(required=True)
    meta = fields.Nested(Sourced, required=True)
