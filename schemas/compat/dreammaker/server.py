"""The state of the engine. Times are ISO 8601 in UTC."""

from typing import ClassVar

from marshmallow import EXCLUDE, fields, validate

from schemas._body import Body
from schemas._fields import IntegerField
from schemas._schema import Schema


class UpOrDegraded(Schema):
    """`GET /health`: `up` while candles and prices each have a working provider. `uptime` is in seconds."""

    status = fields.String(required=True, validate=validate.OneOf(["up", "degraded"]))
    timestamp = fields.String(required=True)
    uptime = fields.Integer(required=True)
    version = fields.String(required=True)


class Info(Schema):
    """`GET /info`: the engine and all of its endpoints."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    description = fields.String(required=True)
    endpoints = fields.List(fields.String(), required=True)


class ProviderCounts(Schema):
    """The number of providers in each state."""

    total = fields.Integer(required=True)
    healthy = fields.Integer(required=True)
    degraded = fields.Integer(required=True)
    down = fields.Integer(required=True)
    disabled = fields.Integer(required=True)


class Status(Schema):
    """`GET /api/status`: the engine's health in brief."""

    status = fields.String(required=True, validate=validate.OneOf(["healthy", "degraded", "unhealthy"]))
    version = fields.String(required=True)
    uptime = fields.Integer(required=True)
    timestamp = fields.String(required=True)
    providers = fields.Nested(ProviderCounts, required=True)


class BudgetRow(Schema):
    """A provider of `GET /api/rate-limits`, whose answer is an array: its remaining calls until `reset_at`.

    `remaining` is null while Redis, which counts the calls, is unavailable.
    """

    provider = fields.String(required=True)
    limit = fields.Integer(required=True)
    remaining = fields.Integer(required=True, allow_none=True)
    reset_at = fields.String(required=True)


class RefreshBody(Body):
    """An object of any content."""

    class Meta:
        """Ignore unknown fields."""

        unknown = EXCLUDE

    largest: ClassVar = 1024
    example: ClassVar = {}


class RefreshReport(Schema):
    """The data that was refreshed, the data that is still being fetched, and the failures with reasons.

    A refresh is possible once a minute. `retry_after` is the number of seconds until the next one.
    """

    refreshed = fields.List(fields.String(), required=True)
    pending = fields.List(fields.String(), required=True)
    failed = fields.Dict(fields.String(), fields.Raw(), required=True)
    retry_after = fields.Integer(required=True)
    timestamp = fields.String(required=True)


class LogsQuery(Schema):
    """The number of events."""

    limit = IntegerField(
        load_default=100,
        validate=validate.Range(1, 1000),
        metadata={"description": "Maximum number of events", "example": 2},
    )


class LogRow(Schema):
    """An event of `GET /api/logs`, whose answer is an array, newest first."""

    timestamp = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf(["info", "warning", "error"]))
    message = fields.String(required=True)
    provider = fields.String(required=True, allow_none=True)
    endpoint = fields.String(required=True, allow_none=True)


class AlertRow(Schema):
    """A current problem of `GET /api/alerts`, whose answer is an array, the most severe first."""

    id = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf(["info", "warning", "error"]))
    message = fields.String(required=True)
    timestamp = fields.String(required=True)
    resolved = fields.Boolean(required=True)
