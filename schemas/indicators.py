"""`GET /api/indicators` and `GET /api/indicators/list`."""

from typing import Any

from marshmallow import fields, validate

from providers import INTERVALS
from schemas._fields import (
    COIN,
    FlagField,
    FormatField,
    IntegerField,
    IntervalField,
    SymbolField,
    TextsField,
)
from schemas._schema import Schema
from schemas.meta import Freshness, Naming
from schemas.ohlcv import SOURCES, Fill

MOST = 100
"""Names in one list."""


class IndicatorsField(TextsField):
    """Names of indicators with their parameters, as texts. `pattern` documents one of them."""

    error_code = "INVALID_INDICATOR"

    def __init__(self, pattern: str = ".*", **options: Any) -> None:
        super().__init__(maximum=MOST, item={"pattern": f"^{pattern}$"}, **options)


class IndicatorsQuery(Schema):
    """The requested indicators, of one pair (`symbol`) or of several (`symbols`)."""

    aliases = {"timeframe": "interval"}

    form = FormatField()
    symbol = SymbolField(
        load_default=None,
        metadata={"description": "A coin or pair", "example": "BTC"},
    )
    symbols = TextsField(
        maximum=MOST,
        item={"pattern": f"^{COIN}$"},
        load_default=None,
        metadata={"description": "Several of them instead of `symbol`, separated by commas"},
    )
    interval = IntervalField(
        load_default=INTERVALS["1h"],
        metadata={"description": "Length of a candle", "enum": list(INTERVALS), "default": "1h"},
    )
    limit = IntegerField(
        load_default=100,
        validate=validate.Range(1, 1000),
        metadata={"description": "Number of candles in the answer, warm-up apart", "example": 3},
    )
    indicators = IndicatorsField(required=True)
    closed_only = FlagField(
        data_key="closedOnly",
        load_default=False,
        metadata={"description": "Omit the candle that is still open", "example": "true"},
    )
    source = fields.String(
        load_default=None,
        validate=validate.OneOf(SOURCES),
        metadata={"description": "Ask this provider and no other"},
    )


class WarmupRow(Schema):
    """How warm the newest value is: it rests on `used` candles, and is stable with `needed`.

    `residual` is the weight that the seed of the calculation still has in it. `stable` is true below 1e-6.
    Both are null where that weight has no formula.
    """

    needed = fields.Integer(required=True)
    used = fields.Integer(required=True)
    residual = fields.Float(required=True, allow_none=True)
    stable = fields.Boolean(required=True, allow_none=True)


class IndicatorsMeta(Naming):
    """The origin and quality of the candles, and of the indicators by their names."""

    quote = fields.String(required=True)
    lastCandleClosed = fields.Boolean(required=True, allow_none=True)
    warmup = fields.Dict(fields.String(), fields.Nested(WarmupRow), required=True)
    definitions = fields.Dict(fields.String(), fields.String(), required=True)
    gaps = fields.List(fields.List(fields.Integer(), validate=validate.Length(2)), required=True)
    filled = fields.List(fields.Nested(Fill))
    resampledFrom = fields.String()


class IndicatorsAnswer(Schema):
    """The candles in ascending order: `timestamp`, `close`, and a member for each indicator.

    An indicator with one output is a number, one with several an object. An undefined value is null.
    """

    success = fields.Boolean(required=True)
    symbol = fields.String(required=True)
    interval = fields.String(required=True)
    count = fields.Integer(required=True)
    source = fields.String(required=True, allow_none=True)
    data = fields.List(fields.Dict(fields.String(), fields.Raw(allow_none=True)), required=True)
    meta = fields.Nested(IndicatorsMeta, required=True)


class IndicatorsBatchAnswer(Schema):
    """For each of the requested pairs, in their order, its answer or its `error`. `meta` is the oldest's."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Dict(fields.String(), fields.Raw(allow_none=True)), required=True)
    meta = fields.Nested(Freshness, required=True)


class ParameterRow(Schema):
    """A parameter of an indicator; an integer unless it is `fractional`."""

    name = fields.String(required=True)
    default = fields.Float(required=True)
    minimum = fields.Float(required=True)
    maximum = fields.Float(required=True)
    fractional = fields.Boolean(required=True)


class IndicatorRow(Schema):
    """An indicator. An `overlay` has the scale of prices, and is drawn over the candles."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    parameters = fields.List(fields.Nested(ParameterRow), required=True)
    outputs = fields.List(fields.String(), required=True)
    definition = fields.String(required=True)
    source = fields.String(required=True)
    overlay = fields.Boolean(required=True)
    needsVolume = fields.Boolean(required=True)


class IndicatorListAnswer(Schema):
    """All indicators."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(IndicatorRow), required=True)
