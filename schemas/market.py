"""`GET /api/symbols` and `GET /api/providers`."""

from marshmallow import fields, validate

from schemas._fields import FormatField
from schemas._schema import Schema


class NoQuery(Schema):
    """An endpoint without parameters."""


class TableQuery(Schema):
    """The format of a list that takes no other parameters."""

    form = FormatField()


class CoinRow(Schema):
    """A coin that the engine serves. `rank` is null until a provider has sent it."""

    symbol = fields.String(required=True)
    name = fields.String(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    aliases = fields.List(fields.String(), required=True)


class LimitRange(Schema):
    """How many candles one request may return."""

    minimum = fields.Integer(required=True)
    maximum = fields.Integer(required=True)
    default = fields.Integer(required=True)


class SymbolsData(Schema):
    """The accepted parameters."""

    coins = fields.List(fields.Nested(CoinRow), required=True)
    intervals = fields.List(fields.String(), required=True)
    limits = fields.Nested(LimitRange, required=True)


class SymbolsAnswer(Schema):
    """The coins, intervals and limits that requests may use."""

    success = fields.Boolean(required=True)
    data = fields.Nested(SymbolsData, required=True)


class FailureRow(Schema):
    """The time and the reason of a provider's last failure."""

    time = fields.String(required=True)
    reason = fields.String(required=True)


class RateLimitRow(Schema):
    """The provider's rate limit: requests in a period of seconds."""

    requests = fields.Integer(required=True)
    period = fields.Integer(required=True)


class ProviderRow(Schema):
    """A provider and its state."""

    name = fields.String(required=True)
    enabled = fields.Boolean(required=True)
    priority = fields.Integer(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(["healthy", "degraded", "down", "disabled"])
    )
    state = fields.String(
        required=True,
        validate=validate.OneOf(["online", "degraded", "offline", "blocked", "disabled", "unknown"]),
    )
    capabilities = fields.List(fields.String(), required=True)
    latencyMs = fields.Integer(required=True, allow_none=True)
    lastFailure = fields.Nested(FailureRow, required=True, allow_none=True)
    rate_limit = fields.Nested(RateLimitRow, required=True)
