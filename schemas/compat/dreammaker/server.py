"""How the engine stands. Times are ISO 8601 in UTC."""

from typing import ClassVar

from marshmallow import EXCLUDE, Schema, fields, validate

from schemas._body import Body
from schemas._fields import WholeField


class UpOrDegraded(Schema):
    """`GET /health`: `up` while candles and prices each have a provider that works. `uptime` in seconds."""

    status = fields.String(required=True, validate=validate.OneOf(["up", "degraded"]))
    timestamp = fields.String(required=True)
    uptime = fields.Integer(required=True)
    version = fields.String(required=True)


class Info(Schema):
    """`GET /info`: what this is, and everything that can be asked."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    description = fields.String(required=True)
    endpoints = fields.List(fields.String(), required=True)


class ProviderCounts(Schema):
    """How many providers stand how."""

    total = fields.Integer(required=True)
    healthy = fields.Integer(required=True)
    degraded = fields.Integer(required=True)
    down = fields.Integer(required=True)
    disabled = fields.Integer(required=True)


class Status(Schema):
    """`GET /api/status`: the engine's health in short."""

    status = fields.String(required=True, validate=validate.OneOf(["healthy", "degraded", "unhealthy"]))
    version = fields.String(required=True)
    uptime = fields.Integer(required=True)
    timestamp = fields.String(required=True)
    providers = fields.Nested(ProviderCounts, required=True)


class BudgetRow(Schema):
    """One provider of `GET /api/rate-limits`, a bare array: what is left of it until `reset_at`.

    `remaining` is null while Redis, which knows it, does not answer.
    """

    provider = fields.String(required=True)
    limit = fields.Integer(required=True)
    remaining = fields.Integer(required=True, allow_none=True)
    reset_at = fields.String(required=True)


class RefreshBody(Body):
    """Nothing has to be said."""

    class Meta:
        unknown = EXCLUDE

    largest: ClassVar = 1024
    example: ClassVar = {}


class RefreshReport(Schema):
    """What was refreshed by name, what is still asked for, and why the rest stays as it is.

    Nothing is refreshed within a minute of the last time; `retry_after` are the seconds until it can be.
    """

    refreshed = fields.List(fields.String(), required=True)
    pending = fields.List(fields.String(), required=True)
    failed = fields.Dict(fields.String(), fields.Raw(), required=True)
    retry_after = fields.Integer(required=True)
    timestamp = fields.String(required=True)


class LogsQuery(Schema):
    """How many events."""

    limit = WholeField(
        load_default=100,
        validate=validate.Range(1, 1000),
        metadata={"description": "How many at most", "example": 2},
    )


class LogRow(Schema):
    """One event of `GET /api/logs`, a bare array, the newest first."""

    timestamp = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf(["info", "warning", "error"]))
    message = fields.String(required=True)
    provider = fields.String(required=True, allow_none=True)
    endpoint = fields.String(required=True, allow_none=True)


class AlertRow(Schema):
    """One thing that is wrong now, of `GET /api/alerts`, a bare array, the worst first."""

    id = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf(["info", "warning", "error"]))
    message = fields.String(required=True)
    timestamp = fields.String(required=True)
    resolved = fields.Boolean(required=True)
