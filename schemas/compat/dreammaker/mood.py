"""What texts say, how the market feels, and news."""

from typing import ClassVar

from marshmallow import EXCLUDE, Schema, fields, validate

from schemas._body import Body
from schemas._fields import WholeField
from schemas.sentiment import WORDS, TextField

CLASSES = ("extreme_fear", "fear", "neutral", "greed", "extreme_greed")


class SentimentBody(Body):
    """A text to judge."""

    class Meta:
        unknown = EXCLUDE

    largest: ClassVar = 32 * 1024
    example: ClassVar = {"text": "Bitcoin ETFs see record inflows"}

    text = TextField(required=True)


class SentimentVerdict(Schema):
    """What a text says: `score` from -1 (prices fall) to 1 (prices rise)."""

    text = fields.String(required=True)
    sentiment = fields.String(required=True, validate=validate.OneOf(["positive", "negative", "neutral"]))
    score = fields.Float(required=True, validate=validate.Range(-1, 1))
    confidence = fields.Float(required=True, validate=validate.Range(0, 1))


class ModelHealth(Schema):
    """Whether texts can be judged, and with what."""

    status = fields.String(required=True, validate=validate.OneOf(["up", "disabled"]))
    model = fields.String(required=True)
    words = fields.Integer(required=True)
    timestamp = fields.String(required=True)


class RegistryModel(Schema):
    """A model: `words` are those of this field, beside its own."""

    name = fields.String(required=True)
    task = fields.String(required=True)
    enabled = fields.Boolean(required=True)
    words = fields.Integer(required=True)


class RegistrySource(Schema):
    """A source of data, and what it has."""

    name = fields.String(required=True)
    status = fields.String(required=True)
    capabilities = fields.List(fields.String(), required=True)


class Registry(Schema):
    """The models and the sources of data that are in use."""

    models = fields.List(fields.Nested(RegistryModel), required=True)
    data_sources = fields.List(fields.Nested(RegistrySource), required=True)


class GlobalSentiment(Schema):
    """The Fear & Greed index, and when it was made: `value` is the index once more."""

    success = fields.Boolean(required=True)
    fear_greed_index = fields.Integer(required=True, validate=validate.Range(0, 100))
    sentiment = fields.String(required=True, validate=validate.OneOf(CLASSES))
    value = fields.Integer(required=True, validate=validate.Range(0, 100))
    timestamp = fields.String(required=True)


class LatestNewsQuery(Schema):
    """How many stories."""

    limit = WholeField(
        load_default=20,
        validate=validate.Range(1, 100),
        metadata={"description": "How many at most", "example": 2},
    )


class ArticleRow(Schema):
    """One story. `title` is plain text, `url` an http(s) address."""

    title = fields.String(required=True)
    url = fields.URL(required=True, schemes={"http", "https"}, require_tld=False)
    source = fields.String(required=True)
    published_at = fields.String(required=True)
    sentiment = fields.String(required=True, validate=validate.OneOf(WORDS))


class LatestNews(Schema):
    """The newest stories, the newest first."""

    success = fields.Boolean(required=True)
    articles = fields.List(fields.Nested(ArticleRow), required=True)
