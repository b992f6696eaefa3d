"""`/api/alert-rules`."""

from typing import Any, ClassVar

from marshmallow import fields, validate

from schemas._body import Body
from schemas._fields import FormatField
from schemas._schema import Schema

STATES = ("armed", "fired", "unknown")
ID = "^[0-9a-f]{32}$"
EXAMPLE: dict[str, object] = {
    "name": "BTC breaks out",
    "when": {
        "all": [
            {"left": "price:BTC", "op": "crossesAbove", "right": 100000},
            {"left": "rsi:BTCUSDT:1h:14", "op": "<", "right": 70},
        ]
    },
    "on": "close",
    "hysteresis": 0.2,
    "cooldownSeconds": 300,
    "repeat": True,
    "expiresAt": None,
    "minSources": 3,
    "unknownAfterSeconds": None,
    "notify": [{"type": "telegram", "target": "desk"}],
}


NAME = "For its owner: up to 100 characters"
WHEN = "A comparison `{left, op, right}`, or `all`, `any` or `not` of them"
NOTIFY = "One to five targets"
TARGETS: dict[str, Any] = {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": 5}


def _any(
    description: str, *, nullable: bool = False, required: bool = False, **documented: object
) -> fields.Raw:
    """Return a member that the rule's own reader checks, whose errors name the place within it."""
    metadata = {"description": description, **documented}
    return fields.Raw(allow_none=nullable, required=required, metadata=metadata)


class RuleChange(Body):
    """Members of a rule to replace."""

    largest: ClassVar[int] = 32 * 1024
    example: ClassVar[dict[str, object]] = {"cooldownSeconds": 600}

    name = _any(NAME, type="string", minLength=1, maxLength=100)
    when = _any(WHEN, type="object")
    on = _any("When it is evaluated: on every new value, or at closed candles", enum=["tick", "close"])
    hysteresis = _any("Per cent of the right side that a value must go back", type="number")
    cooldownSeconds = _any("Seconds after a firing in which none follows", type="number")
    repeat = _any("Whether it can fire more than once", type="boolean")
    expiresAt = _any("When it ends, in ISO 8601, or null", type="string", nullable=True)
    minSources = _any("Providers that must agree on a price, 1 to 10", type="integer")
    unknownAfterSeconds = _any(
        "Seconds in the state `unknown` after which its owner is notified, or null",
        type="number",
        nullable=True,
    )
    notify = _any(NOTIFY, **TARGETS)


class RuleBody(RuleChange):
    """A rule. `name`, `when` and `notify` are required."""

    example: ClassVar[dict[str, object]] = EXAMPLE

    name = _any(NAME, required=True, type="string", minLength=1, maxLength=100)
    when = _any(WHEN, required=True, type="object")
    notify = _any(NOTIFY, required=True, **TARGETS)


class RuleQuery(Schema):
    """A rule."""

    id = fields.String(
        required=True,
        validate=validate.Regexp(ID, error="is no id of a rule"),
        metadata={"description": "The id of a rule", "example": "9f6ed0e1f0f94d5fa4d7c0bd3a4a6d11"},
    )


class DeliveriesQuery(RuleQuery):
    """A rule, and the format of its deliveries."""

    form = FormatField()


class RuleRow(Schema):
    """A rule. Where its state is `unknown` or it has ended, `reason` says why. Times are in UTC."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    when = fields.Dict(required=True)
    on = fields.String(required=True, validate=validate.OneOf(["tick", "close"]))
    hysteresis = fields.Float(required=True)
    cooldownSeconds = fields.Float(required=True)
    repeat = fields.Boolean(required=True)
    expiresAt = fields.String(required=True, allow_none=True)
    minSources = fields.Integer(required=True)
    unknownAfterSeconds = fields.Float(required=True, allow_none=True)
    notify = fields.List(fields.Dict(), required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    reason = fields.String(required=True, allow_none=True)
    createdAt = fields.String(required=True)
    firedAt = fields.String(required=True, allow_none=True)
    endedAt = fields.String(required=True, allow_none=True)


class NewRuleRow(RuleRow):
    """A new rule with the secret that signs its webhooks, which is shown once."""

    secret = fields.String(required=True)


class RuleAnswer(Schema):
    """A rule."""

    success = fields.Boolean(required=True)
    data = fields.Nested(RuleRow, required=True)


class NewRuleAnswer(Schema):
    """A new rule."""

    success = fields.Boolean(required=True)
    data = fields.Nested(NewRuleRow, required=True)


class RulesAnswer(Schema):
    """The rules of a key's owner, the oldest first."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(RuleRow), required=True)


class MessageRow(Schema):
    """A message that is being sent, by the `webhook-id` of all its attempts."""

    id = fields.String(required=True)


class RuleTestAnswer(Schema):
    """A test on its way."""

    success = fields.Boolean(required=True)
    data = fields.Nested(MessageRow, required=True)


class DeliveryRow(Schema):
    """An attempt to deliver a message. `status` is that of HTTP. Before the first attempt, `attempt` is 0.

    `outcome` is `delivered`, `failed`, `gone`, `waiting`, or what was wrong with an attempt that is repeated
    at `nextAttempt`.
    """

    id = fields.String(required=True)
    time = fields.String(required=True)
    attempt = fields.Integer(required=True)
    status = fields.Integer(required=True, allow_none=True)
    outcome = fields.String(required=True)
    nextAttempt = fields.String(required=True, allow_none=True)


class DeliveriesAnswer(Schema):
    """The attempts of the last 30 days, at most 1000, the newest first."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(DeliveryRow), required=True)


class SecretRow(Schema):
    """A secret that signs webhooks from now on, beside the one before. It is shown once."""

    secret = fields.String(required=True)


class SecretAnswer(Schema):
    """A new secret."""

    success = fields.Boolean(required=True)
    data = fields.Nested(SecretRow, required=True)
