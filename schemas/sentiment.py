"""`GET /api/sentiment` and `POST /api/sentiment/analyze`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas._body import Body
from schemas._fields import IntegerField, SymbolField
from schemas._schema import Schema
from schemas.meta import Sourced

WORDS = ("bullish", "bearish", "neutral")
LONGEST_TEXT = 5_000
MAX_TEXTS = 100
TEXT = {"type": "string", "maxLength": LONGEST_TEXT, "pattern": r"\S"}
"""The accepted texts, as JSON Schema."""


class SentimentQuery(Schema):
    """The requested coin and days."""

    symbol = SymbolField(
        load_default=None,
        metadata={"description": "Restricts the news to a coin", "example": "BTC"},
    )
    days = IntegerField(
        load_default=None,
        validate=validate.Range(1, 30),
        metadata={"description": "Adds the index's `history` of these days, newest first"},
    )


class Reading(Schema):
    """The Fear & Greed index of one day."""

    value = fields.Integer(required=True, validate=validate.Range(0, 100))
    classification = fields.String(required=True)
    timestamp = fields.String(required=True)


class FearGreedPart(Reading):
    """The newest index and its provider. `history` is present only if the request has `days`."""

    source = fields.String(required=True)
    history = fields.List(fields.Nested(Reading))


class NewsPart(Schema):
    """The number of headlines by sentiment."""

    bullish = fields.Integer(required=True)
    bearish = fields.Integer(required=True)
    neutral = fields.Integer(required=True)
    total = fields.Integer(required=True, validate=validate.Range(0, 100))


class OverallPart(Schema):
    """The overall sentiment, with `score` from 0 (fear) to 100 (greed)."""

    sentiment = fields.String(required=True, validate=validate.OneOf(WORDS))
    score = fields.Integer(required=True, validate=validate.Range(0, 100))
    confidence = fields.Float(required=True, validate=validate.Range(0, 1))


class SentimentData(Schema):
    """The sentiment of the market. An unavailable part is null."""

    fearGreed = fields.Nested(FearGreedPart, required=True, allow_none=True)
    news = fields.Nested(NewsPart, required=True, allow_none=True)
    overall = fields.Nested(OverallPart, required=True, allow_none=True)


class SentimentAnswer(Schema):
    """The sentiment of the market."""

    success = fields.Boolean(required=True)
    data = fields.Nested(SentimentData, required=True)
    timestamp = fields.Integer(required=True)
    meta = fields.Nested(Sourced, required=True)


class TextField(fields.Field[Any]):
    """A text of one to `LONGEST_TEXT` characters that is not blank."""

    documented = TEXT

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if wrong := _wrong(value):
            raise ValidationError(wrong)
        return str(value)


class TextsField(fields.Field[Any]):
    """A list of one to `MAX_TEXTS` texts."""

    documented = {"type": "array", "minItems": 1, "maxItems": MAX_TEXTS, "items": TEXT}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if not isinstance(value, list) or not 1 <= len(value) <= MAX_TEXTS:
            raise ValidationError(f"must be a list of 1 to {MAX_TEXTS} texts")
        mistakes = [f"{n}: {wrong}" for n, text in enumerate(value) if (wrong := _wrong(text))]
        if mistakes:
            raise ValidationError(mistakes)
        return value


def _wrong(value: object) -> str | None:
    if not isinstance(value, str):
        return "must be a text"
    if len(value) > LONGEST_TEXT:
        return f"must have at most {LONGEST_TEXT} characters"
    return None if value.strip() else "must not be empty"


class AnalyzeBody(Body):
    """One text in `text`, or several in `texts`."""

    largest: ClassVar = 256 * 1024
    example: ClassVar = {"texts": ["Bitcoin rallies to an all-time high", "Exchange hacked, funds drained"]}
    documented: ClassVar = {"minProperties": 1, "maxProperties": 1}

    text = TextField()
    texts = TextsField()

    @validates_schema(skip_on_field_errors=True)
    def _one_of_them(self, data: Mapping[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("use either text or texts", "text")


class VerdictRow(Schema):
    """The sentiment of a text, with `score` from -1 (prices fall) to 1 (prices rise)."""

    text = fields.String(required=True)
    sentiment = fields.String(required=True, validate=validate.OneOf(WORDS))
    score = fields.Float(required=True, validate=validate.Range(-1, 1))
    confidence = fields.Float(required=True, validate=validate.Range(0, 1))


class VerdictOrList(fields.Nested):
    """An object for `text`, a list of objects for `texts`."""

    one_or_many = True

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        partial: Any = None,
        **kwargs: Any,
    ) -> Any:
        rows = value if isinstance(value, list) else [value]
        return [super(VerdictOrList, self)._deserialize(row, attr, data, partial, **kwargs) for row in rows]


class AnalyzeAnswer(Schema):
    """The sentiment of `text`, or a list for `texts` in the same order."""

    success = fields.Boolean(required=True)
    data = VerdictOrList(VerdictRow, required=True)
    timestamp = fields.Integer(required=True)
