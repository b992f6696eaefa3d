"""The one body of every failure."""

from marshmallow import Schema, fields


class ErrorData(Schema):
    """What went wrong; `retryAfter` in seconds where asking again will help."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(fields.String(), fields.Raw())
    retryAfter = fields.Integer()


class ErrorAnswer(Schema):
    """A failure."""

    success = fields.Boolean(required=True)
    error = fields.Nested(ErrorData, required=True)
    timestamp = fields.Integer(required=True)
