"""Requests of a stream's client, and messages about the stream itself."""

from marshmallow import fields

from schemas._schema import Schema
from schemas._stream_fields import cursor_field, time_field, word
from schemas.error import ErrorData
from schemas.streaming import CHANNELS, CURSOR

EPOCH = "7f3a1c08"


class Asked(Schema):
    """A request with an id, which its answer repeats."""

    id = fields.Raw(
        allow_none=True,
        metadata={"type": ["integer", "string"], "description": "The client's own, repeated"},
    )


class _Names(Asked):
    channels = fields.List(
        fields.String(metadata={"example": CHANNELS}), required=True, metadata={"minItems": 1}
    )


class Subscribe(_Names):
    """Begin channels: all of them, or none if one does not exist."""

    op = word("subscribe")
    closedOnly = fields.Boolean(metadata={"description": "Leave out candles that still form"})
    after = fields.String(
        allow_none=True, metadata={"description": "The cursor to go on after", "example": CURSOR}
    )


class Unsubscribe(_Names):
    """End channels."""

    op = word("unsubscribe")


class ListChannels(Asked):
    """Ask for the channels that are subscribed."""

    op = word("list")


class Ping(Asked):
    """Ask for a sign of life."""

    op = word("ping")


class Limits(Schema):
    """What one stream may have."""

    channels = fields.Integer(required=True)
    messageBytes = fields.Integer(required=True)
    messagesPerSecond = fields.Integer(required=True)


class Welcome(Schema):
    """The first message of a WebSocket."""

    type = word("welcome")
    epoch = fields.String(required=True, metadata={"example": EPOCH})
    cursor = cursor_field()
    heartbeatSeconds = fields.Integer(required=True)
    limits = fields.Nested(Limits, required=True)


class _Answer(Schema):
    id = fields.Raw(required=True, allow_none=True, metadata={"type": ["integer", "string"]})


class Subscribed(_Answer):
    """The channels that have begun, by their canonical names."""

    type = word("subscribed")
    channels = fields.List(fields.String(), required=True)


class Unsubscribed(_Answer):
    """The channels that have ended."""

    type = word("unsubscribed")
    channels = fields.List(fields.String(), required=True)


class ChannelList(_Answer):
    """The channels that are subscribed."""

    type = word("channels")
    channels = fields.List(fields.String(), required=True)


class Pong(_Answer):
    """The answer to a ping."""

    type = word("pong")


class ErrorMessage(_Answer):
    """A failed request. Server-sent events use it for temporary failures and the end of the stream, too."""

    type = word("error")
    error = fields.Nested(ErrorData, required=True)


class Heartbeat(Schema):
    """A sign of life after silence."""

    type = word("heartbeat")
    cursor = cursor_field()
    time = time_field("The engine's clock")


class Reset(Schema):
    """Messages between may be lost: known closed candles and a snapshot of each channel follow."""

    type = word("reset")
    reason = fields.String(required=True)


REQUESTS: tuple[type[Schema], ...] = (Subscribe, Unsubscribe, ListChannels, Ping)
ABOUT_STREAM: tuple[type[Schema], ...] = (
    Welcome,
    Subscribed,
    Unsubscribed,
    ChannelList,
    Pong,
    ErrorMessage,
    Heartbeat,
    Reset,
)
"""Messages of a stream about itself."""
