"""The body of every failure."""

from marshmallow import Schema, fields


class ErrorData(Schema):
    """The reason of a failure. `retryAfter` is in seconds, and present if a later request may succeed."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(fields.String(), fields.Raw())
    retryAfter = fields.Integer()


class ErrorAnswer(Schema):
    """A failure."""

    success = fields.Boolean(required=True)
    error = fields.Nested(ErrorData, required=True)
    timestamp = fields.Integer(required=True)
