"""`GET /api/history`, `/api/history/jobs` and `GET /api/export`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate, validates_schema

from providers import INTERVALS
from schemas._body import Body
from schemas._fields import IntervalField, SymbolField, TimeField
from schemas._schema import Schema

JOB_STATES = ("waiting", "running", "done", "failed", "cancelled")
FIRST = "First open time in Unix seconds or milliseconds, inclusive"
LAST = "Last open time in Unix seconds or milliseconds, inclusive"


def _interval() -> IntervalField:
    return IntervalField(
        load_default=INTERVALS["1h"],
        metadata={
            "description": "Length of a candle",
            "enum": list(INTERVALS),
            "default": "1h",
            "example": "1h",
        },
    )


class ExportQuery(Schema):
    """The part of a series to export, and the format of the file."""

    symbol = SymbolField(
        required=True,
        metadata={"description": "A coin or pair", "example": "BTCUSDT"},
    )
    interval = _interval()
    start = TimeField(
        data_key="startTime",
        load_default=None,
        metadata={
            "description": f"{FIRST}; by default that of the first candle kept",
            "example": 1_767_225_600_000,
        },
    )
    end = TimeField(
        data_key="endTime",
        load_default=None,
        metadata={
            "description": f"{LAST}; by default that of the last candle kept",
            "example": 1_767_308_400_000,
        },
    )
    format = fields.String(
        load_default="csv",
        validate=validate.OneOf(["csv", "ndjson", "parquet"]),
        metadata={"description": "Format of the file", "default": "csv", "example": "csv"},
    )
    compression = fields.String(
        load_default=None,
        validate=validate.OneOf(["gzip", "zstd"]),
        metadata={"description": "Packs the file"},
    )

    @staticmethod
    def last_time(query: Mapping[str, Any]) -> int | None:
        """Return the last time that is asked for, in Unix milliseconds; `None` for all that is kept."""
        end: int | None = query.get("end")
        return end

    @validates_schema
    def _ordered(self, data: Mapping[str, Any], **_: Any) -> None:
        start, end = data.get("start"), data.get("end")
        if start is not None and end is not None and start > end:
            raise ValidationError("is after endTime", "startTime")


class KeptSeries(Schema):
    """A series of the history. `first` and `last` are open times in Unix milliseconds, `gaps` is a count."""

    symbol = fields.String(required=True)
    interval = fields.String(required=True)
    first = fields.Integer(required=True)
    last = fields.Integer(required=True)
    candles = fields.Integer(required=True)
    bytes = fields.Integer(required=True)
    gaps = fields.Integer(required=True)
    providers = fields.List(fields.String(), required=True)


class HistoryAnswer(Schema):
    """What is kept."""

    success = fields.Boolean(required=True)
    data = fields.List(fields.Nested(KeptSeries), required=True)


class JobBody(Body):
    """The part of a series to fill."""

    largest: ClassVar[int] = 4096
    example: ClassVar[dict[str, object]] = {
        "symbol": "BTCUSDT",
        "interval": "1h",
        "startTime": 1704067200000,
        "endTime": 1735689600000,
    }

    symbol = fields.String(required=True, metadata={"description": "A coin or pair"})
    interval = _interval()
    start = TimeField(required=True, data_key="startTime", metadata={"description": FIRST})
    end = TimeField(
        data_key="endTime", load_default=None, metadata={"description": f"{LAST}; by default now"}
    )


class JobQuery(Schema):
    """A job."""

    id = fields.String(
        required=True,
        validate=validate.Regexp("^[0-9a-f]{32}$", error="is no id of a job"),
        metadata={"description": "The id of a job", "example": "9f6ed0e1f0f94d5fa4d7c0bd3a4a6d11"},
    )


class JobAnswer(Schema):
    """A job. `done` of `total` chunks are finished; `failures` has the reasons by the start of the chunk."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(JOB_STATES))
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)
    candles = fields.Integer(required=True)
    failures = fields.Dict(fields.String(), fields.String(), required=True)
