"""What every cached answer says about its age."""

from marshmallow import Schema, fields


class Freshness(Schema):
    """`stale` once it has outlived its time; `ageSeconds` since its data arrived."""

    stale = fields.Boolean(required=True)
    ageSeconds = fields.Float(required=True)
