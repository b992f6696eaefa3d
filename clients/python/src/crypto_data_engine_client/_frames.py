"""Frames of pandas and polars, which are imported where they are installed and asked for."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars


def to_pandas(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], attributes: Mapping[str, Any]
) -> "pandas.DataFrame":
    """Return rows as a frame with `attributes`. Candles are indexed by their open time, in UTC."""
    import pandas

    frame = pandas.DataFrame.from_records(list(rows), columns=None if rows else list(columns))
    if "timestamp" in frame:
        frame["timestamp"] = pandas.to_datetime(frame["timestamp"], unit="ms", utc=True)
        frame = frame.set_index("timestamp")
    frame.attrs.update(attributes)
    return frame


def to_polars(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> "polars.DataFrame":
    """Return rows as a frame. `timestamp` becomes a time in UTC."""
    import polars

    frame = polars.DataFrame(list(rows), infer_schema_length=None, schema=None if rows else list(columns))
    if "timestamp" in frame.columns:
        time = polars.from_epoch(polars.col("timestamp").cast(polars.Int64), "ms")
        frame = frame.with_columns(time.dt.replace_time_zone("UTC"))
    return frame
