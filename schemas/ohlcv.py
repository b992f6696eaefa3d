"""`GET /api/ohlcv`."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from providers import INTERVALS, CandleSource, discover
from schemas._fields import (
    COIN,
    FlagField,
    FormatField,
    IntegerField,
    IntervalField,
    SymbolField,
    TextsField,
    TimeField,
)
from schemas._schema import Schema
from schemas.meta import Freshness, Naming

SOURCES = [kind.name for kind in discover() if issubclass(kind, CandleSource)]
"""The providers of candles, in the order of calls."""
GAP_REASONS = ("no_trades", "venue_outage", "before_listing", "not_fetched", "unknown")
"""Why candles are missing."""


class OhlcvQuery(Schema):
    """The requested candles."""

    aliases = {"timeframe": "interval"}

    symbol = SymbolField(
        required=True,
        metadata={"description": "A coin or pair", "example": "BTCUSDT"},
    )
    interval = IntervalField(
        load_default=INTERVALS["1h"],
        metadata={
            "description": "Length of a candle; hours, days and weeks also in upper case",
            "enum": list(INTERVALS),
            "default": "1h",
            "example": "1h",
        },
    )
    limit = IntegerField(
        load_default=100,
        validate=validate.Range(50, 1000),
        metadata={"description": "Number of candles", "example": 50},
    )
    closed_only = FlagField(
        data_key="closedOnly",
        load_default=False,
        metadata={"description": "Omit the candle that is still open"},
    )
    start = TimeField(
        data_key="startTime",
        load_default=None,
        metadata={"description": "First open time, inclusive: Unix seconds or milliseconds, or ISO 8601"},
    )
    end = TimeField(
        data_key="endTime",
        load_default=None,
        metadata={"description": "Last open time, inclusive: Unix seconds or milliseconds, or ISO 8601"},
    )

    as_of = TimeField(
        data_key="asOf",
        load_default=None,
        metadata={"description": "Give the kept candles as they were known at this time, like startTime"},
    )
    source = fields.String(
        load_default=None,
        validate=validate.OneOf(SOURCES),
        metadata={"description": "Ask this provider and no other"},
    )
    all_fields = fields.String(
        data_key="fields",
        load_default=None,
        validate=validate.OneOf(["all"]),
        metadata={"description": "`all` adds `quoteVolume` and `trades` to each candle"},
    )
    form = FormatField()

    @staticmethod
    def last_time(query: Mapping[str, Any]) -> int | None:
        """Return the last time that is asked for, in Unix milliseconds; `None` for the present.

        `query` has the valid parameters.
        """
        start, limit, interval = (query.get(name) for name in ("start", "limit", "interval"))
        ends = [query["end"]] if query.get("end") is not None else []
        if start is not None and limit is not None and interval is not None:
            ends.append(interval.after(interval.first_open(start), limit))
        return min(ends, default=None)

    @validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        start, end = data.get("start"), data.get("end")
        if start is not None and end is not None and start > end:
            raise ValidationError("is after endTime", "startTime")


class OhlcvBatchQuery(OhlcvQuery):
    """The requested candles of several pairs and intervals, at most 100 series."""

    class Meta:
        """Exclude what a single series has."""

        exclude = ("symbol", "interval")

    aliases = {"symbol": "symbols", "interval": "intervals"}

    symbols = TextsField(
        maximum=100,
        item={"pattern": f"^{COIN}$"},
        required=True,
        metadata={"description": "Coins or pairs, separated by commas", "example": "BTC,ETH"},
    )
    intervals = TextsField(
        maximum=len(INTERVALS),
        item={"enum": list(INTERVALS)},
        load_default=["1h"],
        metadata={"description": "Lengths of candles, separated by commas", "example": "1h,4h"},
    )


class CandleRow(Schema):
    """A candle. `timestamp` is its open time in Unix milliseconds.

    `quoteVolume` (in the quote currency) and `trades` (their number) come with `fields=all`, and are null
    where the provider has none.
    """

    timestamp = fields.Integer(required=True)
    open = fields.Float(required=True)
    high = fields.Float(required=True)
    low = fields.Float(required=True)
    close = fields.Float(required=True)
    volume = fields.Float(required=True, allow_none=True)
    quoteVolume = fields.Float(allow_none=True)
    trades = fields.Integer(allow_none=True)


class Attempt(Schema):
    """A request to a provider, and its outcome."""

    provider = fields.String(required=True)
    outcome = fields.String(required=True)
    latencyMs = fields.Integer(required=True)


class Fill(Schema):
    """A candle from another provider that fills a gap of the source."""

    timestamp = fields.Integer(required=True)
    provider = fields.String(required=True)


class OhlcvMeta(Naming):
    """The origin and quality of the candles."""

    quote = fields.String(required=True)
    lastCandleClosed = fields.Boolean(required=True, allow_none=True)
    gaps = fields.List(fields.List(fields.Integer(), validate=validate.Length(2)), required=True)
    gapReasons = fields.List(fields.String(validate=validate.OneOf(GAP_REASONS)), required=True)
    attempts = fields.List(fields.Nested(Attempt), required=True)
    filled = fields.List(fields.Nested(Fill))
    resampledFrom = fields.String()
    next = fields.String()
    short = fields.Boolean(metadata={"description": "true if fewer than 50 candles exist"})


class OhlcvAnswer(Schema):
    """The candles in ascending order."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(CandleRow), required=True)
    symbol = fields.String(required=True)
    interval = fields.String(required=True)
    count = fields.Integer(required=True)
    source = fields.String(required=True, allow_none=True)
    meta = fields.Nested(OhlcvMeta, required=True)


class OhlcvBatchAnswer(Schema):
    """For each series in the order asked its answer, or `symbol`, `interval` and `error`."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Dict(fields.String(), fields.Raw(allow_none=True)), required=True)
    meta = fields.Nested(Freshness, required=True)
