"""`GET /api/health` and `GET /api/health/ready`."""

from marshmallow import Schema, fields, validate


class ProviderHealth(Schema):
    """A provider; `latency` in milliseconds, null where it is not known."""

    name = fields.String(required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(["online", "degraded", "offline", "blocked", "disabled", "unknown"]),
    )
    latency = fields.Integer(required=True, allow_none=True)
    lastCheck = fields.String(required=True, allow_none=True)


class CacheHealth(Schema):
    """Entries, and the share of requests they answered."""

    size = fields.Integer(required=True)
    hitRate = fields.Float(required=True, allow_none=True)


class HealthMeta(Schema):
    """`clockOffsetSeconds` is added to this host's clock before data is judged by it, above 0 if slow.

    It is 0 where most providers' clocks differ by less than two seconds, null before three have answered.
    """

    clockOffsetSeconds = fields.Float(required=True, allow_none=True)


class HealthAnswer(Schema):
    """How the engine stands. `mode` is there only where the providers are stand-ins."""

    status = fields.String(required=True, validate=validate.OneOf(["healthy", "degraded", "unhealthy"]))
    mode = fields.String(validate=validate.Equal("demo"))
    uptime = fields.Integer(required=True)
    version = fields.String(required=True)
    providers = fields.List(fields.Nested(ProviderHealth), required=True)
    cache = fields.Nested(CacheHealth, required=True)
    timestamp = fields.Integer(required=True)
    meta = fields.Nested(HealthMeta, required=True)


class ReadyAnswer(Schema):
    """Whether there is data to serve."""

    ready = fields.Boolean(required=True)
