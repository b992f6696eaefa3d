"""The sentiment of texts and of the market, and news."""

from typing import ClassVar

from marshmallow import EXCLUDE, fields, validate

from schemas._body import Body
from schemas._fields import IntegerField
from schemas._schema import Schema
from schemas.sentiment import WORDS, TextField

CLASSES = ("extreme_fear", "fear", "neutral", "greed", "extreme_greed")


class SentimentBody(Body):
    """A text to analyse."""

    class Meta:
        """Ignore unknown fields."""

        unknown = EXCLUDE

    largest: ClassVar = 32 * 1024
    example: ClassVar = {"text": "Bitcoin ETFs see record inflows"}

    text = TextField(required=True)


class SentimentVerdict(Schema):
    """The sentiment of a text, with `score` from -1 (prices fall) to 1 (prices rise)."""

    text = fields.String(required=True)
    sentiment = fields.String(required=True, validate=validate.OneOf(["positive", "negative", "neutral"]))
    score = fields.Float(required=True, validate=validate.Range(-1, 1))
    confidence = fields.Float(required=True, validate=validate.Range(0, 1))


class ModelHealth(Schema):
    """Whether sentiment analysis is available, and with which model."""

    status = fields.String(required=True, validate=validate.OneOf(["up", "disabled"]))
    model = fields.String(required=True)
    words = fields.Integer(required=True)
    timestamp = fields.String(required=True)


class RegistryModel(Schema):
    """A model. `words` counts the terms that were added for this field."""

    name = fields.String(required=True)
    task = fields.String(required=True)
    enabled = fields.Boolean(required=True)
    words = fields.Integer(required=True)


class RegistrySource(Schema):
    """A source of data, and its capabilities."""

    name = fields.String(required=True)
    status = fields.String(required=True)
    capabilities = fields.List(fields.String(), required=True)


class Registry(Schema):
    """The models and the sources of data in use."""

    models = fields.List(fields.Nested(RegistryModel), required=True)
    data_sources = fields.List(fields.Nested(RegistrySource), required=True)


class GlobalSentiment(Schema):
    """The Fear & Greed index and its time. `value` repeats the index."""

    success = fields.Boolean(required=True)
    fear_greed_index = fields.Integer(required=True, validate=validate.Range(0, 100))
    sentiment = fields.String(required=True, validate=validate.OneOf(CLASSES))
    value = fields.Integer(required=True, validate=validate.Range(0, 100))
    timestamp = fields.String(required=True)


class LatestNewsQuery(Schema):
    """The number of stories."""

    limit = IntegerField(
        load_default=20,
        validate=validate.Range(1, 100),
        metadata={"description": "Maximum number of stories", "example": 2},
    )


class ArticleRow(Schema):
    """A story. `title` is plain text, `url` an http(s) address."""

    title = fields.String(required=True)
    url = fields.URL(required=True, schemes={"http", "https"}, require_tld=False)
    source = fields.String(required=True)
    published_at = fields.String(required=True)
    sentiment = fields.String(required=True, validate=validate.OneOf(WORDS))


class LatestNews(Schema):
    """The newest stories, newest first."""

    success = fields.Boolean(required=True)
    articles = fields.List(fields.Nested(ArticleRow), required=True)
