"""Members that many messages of a stream have."""

from marshmallow import fields, validate

from schemas.streaming import CURSOR, LONGEST_CURSOR


def word(text: str) -> fields.String:
    """Return a member that is always the same text."""
    return fields.String(required=True, validate=validate.Equal(text), metadata={"enum": [text]})


def cursor_field() -> fields.String:
    """Return the place of a message."""
    return fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_CURSOR),
        metadata={"description": "The place of the message; opaque", "example": CURSOR},
    )


def time_field(meaning: str, *, known: bool = True) -> fields.Integer:
    """Return a time, which may be null unless it is `known`."""
    return fields.Integer(
        required=True, allow_none=not known, metadata={"description": f"{meaning}, Unix milliseconds"}
    )
