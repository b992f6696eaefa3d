"""`GET /api/news`."""

from marshmallow import fields, validate

from schemas._fields import FormatField, IntegerField, SymbolsField
from schemas._schema import Schema
from schemas.meta import Sourced
from schemas.sentiment import WORDS


class NewsQuery(Schema):
    """The requested stories."""

    symbols = SymbolsField(
        load_default=None,
        metadata={"description": "Separated by commas; all stories by default", "example": "BTC,ETH"},
    )
    limit = IntegerField(
        load_default=20,
        validate=validate.Range(1, 100),
        metadata={"description": "Maximum number of stories"},
    )
    form = FormatField()
    sentiment = fields.String(
        load_default=None,
        validate=validate.OneOf(WORDS),
        metadata={"description": "The sentiment of the stories; any by default"},
    )


class StoryRow(Schema):
    """A story. `title` is plain text, `url` an http(s) address."""

    title = fields.String(required=True, validate=validate.Length(1, 300))
    url = fields.URL(required=True, schemes={"http", "https"}, require_tld=False)
    source = fields.String(required=True)
    publishedAt = fields.String(required=True)
    symbols = fields.List(fields.String(), required=True)
    sentiment = fields.String(required=True, validate=validate.OneOf(WORDS))


class NewsAnswer(Schema):
    """The stories, newest first."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(StoryRow), required=True)
    timestamp = fields.Integer(required=True)
    meta = fields.Nested(Sourced, required=True)
