"""The queries and answers of streams."""

from typing import Any

from marshmallow import ValidationError, fields

from schemas._fields import CodedField, FlagField, shorten
from schemas._schema import Schema

LONGEST_CURSOR = 64
CHANNELS = "candles:BTCUSDT:1m"
CURSOR = "7f3a1c08-1790274180000-12"


class ChannelsField(CodedField):
    """Channels separated by commas, without duplicates.

    The caller's tier limits them. An address has room for fewer than the maximum.
    """

    error_code = "INVALID_CHANNEL"
    maximum = 1000
    documented = {
        "type": "array",
        "items": {"type": "string", "example": CHANNELS},
        "minItems": 1,
        "maxItems": maximum,
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        return list(dict.fromkeys(text.strip() for text in str(value).split(",")))


class CursorField(fields.String):
    """A cursor that a message had."""

    documented = {"pattern": "^[0-9a-f]{1,16}-[0-9]{1,15}-[0-9]{1,15}$", "example": CURSOR}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if len(str(value)) > LONGEST_CURSOR:
            raise ValidationError(f"{shorten(str(value))}: is no cursor")
        return str(value)


class StreamQuery(Schema):
    """What a WebSocket may be opened with."""

    ticket = fields.String(
        load_default=None, metadata={"description": "a ticket instead of a key, for browsers"}
    )


class EventsQuery(StreamQuery):
    """What a stream of events is to have."""

    channels = ChannelsField(
        required=True, metadata={"description": "the channels, separated by commas", "example": CHANNELS}
    )
    closedOnly = FlagField(
        load_default=False,
        attribute="closed_only",
        metadata={"description": "whether candles are sent only when they have closed", "default": False},
    )
    after = CursorField(
        load_default=None,
        metadata={"description": "the cursor to go on after, as `Last-Event-ID` has it"},
    )


class SinceQuery(Schema):
    """What is to be replayed."""

    cursor = CursorField(
        required=True, metadata={"description": "the cursor to go on after", "example": CURSOR}
    )
    channels = ChannelsField(
        required=True, metadata={"description": "the channels, separated by commas", "example": CHANNELS}
    )


class SinceMeta(Schema):
    """The cursor of the last message, and whether there are more."""

    cursor = fields.String(required=True)
    more = fields.Boolean(required=True)


class SinceAnswer(Schema):
    """Messages after a cursor, the oldest first."""

    success = fields.Boolean(required=True, metadata={"example": True})
    data = fields.List(fields.Dict(), required=True)
    meta = fields.Nested(SinceMeta, required=True)


class TicketData(Schema):
    """A ticket, which opens one stream."""

    ticket = fields.String(required=True)
    expiresIn = fields.Integer(required=True, metadata={"description": "seconds", "example": 30})


class TicketAnswer(Schema):
    """A ticket for a browser, which cannot send a key with a stream."""

    success = fields.Boolean(required=True, metadata={"example": True})
    data = fields.Nested(TicketData, required=True)
