"""What every cached answer says about its age."""

from marshmallow import Schema, fields


class Freshness(Schema):
    """`stale` once it has outlived its time; `ageSeconds` since its data arrived."""

    stale = fields.Boolean(required=True)
    ageSeconds = fields.Float(required=True)


class Sourced(Freshness):
    """Who gave something, and who failed with the reason."""

    sources = fields.List(fields.String(), required=True)
    failed = fields.Dict(fields.String(), fields.String(), required=True)
