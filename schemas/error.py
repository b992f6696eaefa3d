"""The body of every failure."""

from marshmallow import fields

from schemas._schema import Schema


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


class ProblemAnswer(Schema):
    """A failure as RFC 9457 describes it, for clients that ask for `application/problem+json`."""

    type = fields.String(required=True, metadata={"description": "A URN that ends with `code`"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    details = fields.Dict(keys=fields.String())
    retryAfter = fields.Integer(metadata={"description": "Seconds until the client should try again"})
