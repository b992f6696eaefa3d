"""The age of a cached answer."""

from marshmallow import Schema, fields


class Freshness(Schema):
    """The age of an answer: `stale` is true after its TTL, `ageSeconds` counts since its data arrived."""

    stale = fields.Boolean(required=True)
    ageSeconds = fields.Float(required=True)


class Sourced(Freshness):
    """The providers that gave data, and the reasons of those that failed."""

    sources = fields.List(fields.String(), required=True)
    failed = fields.Dict(fields.String(), fields.String(), required=True)
