"""`GET /api/health` and `GET /api/health/ready`."""

from marshmallow import fields, validate

from schemas._schema import Schema


class ProviderHealth(Schema):
    """The health of a provider. `latency` is in milliseconds, and null if it is unknown."""

    name = fields.String(required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(["online", "degraded", "offline", "blocked", "disabled", "unknown"]),
    )
    latency = fields.Integer(required=True, allow_none=True)
    lastCheck = fields.String(required=True, allow_none=True)


class CacheHealth(Schema):
    """The number of cached entries, and the share of requests that they answered."""

    size = fields.Integer(required=True)
    hitRate = fields.Float(required=True, allow_none=True)


class VenueHealth(Schema):
    """The markets of a venue, and the times of their last accepted listing and of their last prices."""

    markets = fields.Integer(required=True)
    listed = fields.String(required=True)
    priced = fields.String(required=True, allow_none=True)


class CatalogueHealth(Schema):
    """The size of the catalogue, its oldest listing, and why a venue's newest listing is refused.

    `factsAsOf` is the date of the packaged facts, `snapshot` that of the snapshot that the engine began with.
    """

    asOf = fields.String(required=True, allow_none=True)
    factsAsOf = fields.String(required=True)
    snapshot = fields.String(required=True, allow_none=True)
    coins = fields.Integer(required=True)
    markets = fields.Integer(required=True)
    venues = fields.Dict(fields.String(), fields.Nested(VenueHealth), required=True)
    refused = fields.Dict(fields.String(), fields.String(), required=True)


class HistoryHealth(Schema):
    """The state of the history, with the reason where it is not `ok`, and how much was kept lately."""

    state = fields.String(required=True, validate=validate.OneOf(["ok", "off", "full", "unavailable"]))
    reason = fields.String(required=True, allow_none=True)
    candles = fields.Integer(required=True, allow_none=True)
    bytes = fields.Integer(required=True, allow_none=True)


class AlertsHealth(Schema):
    """The state of alert rules, with the reason where it is not `ok`."""

    state = fields.String(required=True, validate=validate.OneOf(["ok", "off", "full", "unavailable"]))
    reason = fields.String(required=True, allow_none=True)


class HealthMeta(Schema):
    """The correction of this host's clock. `clockOffsetSeconds` is above 0 if the host's clock is slow.

    It is 0 if most providers' clocks differ from it by less than two seconds, and null before three providers
    have responded.
    """

    clockOffsetSeconds = fields.Float(required=True, allow_none=True)


class HealthAnswer(Schema):
    """The health of the engine. `mode` is present only if the providers are stand-ins."""

    status = fields.String(required=True, validate=validate.OneOf(["healthy", "degraded", "unhealthy"]))
    mode = fields.String(validate=validate.Equal("demo"))
    uptime = fields.Integer(required=True)
    version = fields.String(required=True)
    providers = fields.List(fields.Nested(ProviderHealth), required=True)
    cache = fields.Nested(CacheHealth, required=True)
    catalogue = fields.Nested(CatalogueHealth, required=True)
    history = fields.Nested(HistoryHealth, required=True)
    alerts = fields.Nested(AlertsHealth, required=True)
    timestamp = fields.Integer(required=True)
    meta = fields.Nested(HealthMeta, required=True)


class ReadyAnswer(Schema):
    """Whether the engine can serve data."""

    ready = fields.Boolean(required=True)
