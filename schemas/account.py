"""`GET /api/account`."""

from marshmallow import fields

from schemas._schema import Schema


class RequestLimits(Schema):
    """Requests a minute and endpoint, by the kind of the endpoint."""

    ohlcv = fields.Integer(required=True, allow_none=True)
    prices = fields.Integer(required=True, allow_none=True)
    sentiment = fields.Integer(required=True, allow_none=True)
    default = fields.Integer(required=True, allow_none=True)


class AccountLimits(Schema):
    """What the tier allows; `null` for no limit."""

    requestsPerMinute = fields.Nested(RequestLimits, required=True)
    seriesPerBatch = fields.Integer(required=True)
    streams = fields.Integer(required=True, metadata={"description": "At the same time"})
    channelsPerStream = fields.Integer(required=True)
    historyDays = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of an export or a job"}
    )
    exportRowsPerDay = fields.Integer(required=True, allow_none=True)
    alertRules = fields.Integer(required=True)


class AccountUse(Schema):
    """What is used of the limits. What has no limit is not counted."""

    requests = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Within a minute, by the endpoint, such as `GET /api/prices`"},
    )
    streams = fields.Integer(required=True)
    exportRows = fields.Integer(required=True, metadata={"description": "Within a day"})
    alertRules = fields.Integer(required=True)


class Account(Schema):
    """The owner of a key, or a caller without one."""

    name = fields.String(required=True, allow_none=True, metadata={"description": "`null` without a key"})
    tier = fields.String(required=True, metadata={"description": "`anonymous` without a key"})
    expires = fields.String(
        required=True, allow_none=True, metadata={"description": "When the key ends; `null` for never"}
    )
    limits = fields.Nested(AccountLimits, required=True)
    used = fields.Nested(AccountUse, required=True)


class AccountAnswer(Schema):
    """The tier of the caller, its limits, and what is used of them."""

    success = fields.Boolean(required=True)
    data = fields.Nested(Account, required=True)
