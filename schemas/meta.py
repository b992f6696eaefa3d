"""The age of a cached answer."""

from marshmallow import fields, validate

from schemas._schema import Schema


class Freshness(Schema):
    """The age of an answer: `stale` is true after its TTL, `ageSeconds` counts since its data arrived."""

    stale = fields.Boolean(required=True)
    ageSeconds = fields.Float(required=True)


class ResolvedName(Schema):
    """The coin that a name means which other coins have too, with the ids of those."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    others = fields.List(fields.String(), required=True)


class RenamedName(Schema):
    """What a former name is called now: one old unit became `ratio` new ones on the day `since`."""

    now = fields.String(required=True)
    ratio = fields.Float(required=True, validate=validate.Range(min=0, min_inclusive=False))
    since = fields.String(required=True)


class Naming(Freshness):
    """The age of an answer, and what there is to say of the names that were asked for."""

    resolved = fields.Dict(fields.String(), fields.Nested(ResolvedName))
    renamed = fields.Dict(fields.String(), fields.Nested(RenamedName))


class Sourced(Freshness):
    """The providers that gave data, and the reasons of those that failed."""

    sources = fields.List(fields.String(), required=True)
    failed = fields.Dict(fields.String(), fields.String(), required=True)
