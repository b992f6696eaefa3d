"""The tables of the archive: the same in SQLite and PostgreSQL.

Times are Unix milliseconds. `until` is the end of a range and does not belong to it.
"""

import time

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

series = Table(
    "history_series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("coin", String(64), nullable=False),
    Column("quote", String(64), nullable=False),
    Column("interval", String(4), nullable=False),
    Column("cause", SmallInteger, nullable=False),
    Column("used", Float, nullable=False),
    UniqueConstraint("coin", "quote", "interval"),
)
"""One row a series. `used` is when it was last written or read (Unix seconds)."""

providers = Table(
    "history_provider",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)

page = Table(
    "history_page",
    metadata,
    Column("series", Integer, primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("candles", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("providers", String(200), nullable=False),
    Column("checksum", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("history_page_sizes", "series", "start", "first", "last", "candles", "bytes", "providers"),
)
"""One row a page. `providers` are the ids of those in it, by comma; `checksum` is the CRC-32 of `data`.

The index has everything but the data, so that sums read no page.
"""


def _figures() -> tuple[Column[float] | Column[int] | Column[bool], ...]:
    return (
        Column("open", Float(53), nullable=False),
        Column("high", Float(53), nullable=False),
        Column("low", Float(53), nullable=False),
        Column("close", Float(53), nullable=False),
        Column("volume", Float(53)),
        Column("quote_volume", Float(53)),
        Column("trades", BigInteger),
        Column("provider", Integer, nullable=False),
        Column("filled", Boolean, nullable=False),
        Column("known", BigInteger, nullable=False),
    )


recent = Table(
    "history_recent",
    metadata,
    Column("series", Integer, primary_key=True, autoincrement=False),
    Column("open_time", BigInteger, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    *_figures(),
)
"""Candles that are not in their page yet, or differ from it, so that an append costs one row."""

revision = Table(
    "history_revision",
    metadata,
    Column("series", Integer, primary_key=True, autoincrement=False),
    Column("open_time", BigInteger, primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    *_figures(),
)
"""Candles as they were before their provider corrected them."""

coverage = Table(
    "history_coverage",
    metadata,
    Column("series", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
)
"""The times for which providers were asked."""

hole = Table(
    "history_hole",
    metadata,
    Column("series", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("known", BigInteger, nullable=False),
)
"""The times for which providers were asked and had no candle."""

lease = Table(
    "history_lease",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("owner", String(40), nullable=False),
    Column("until", Float(53), nullable=False),
)

job = Table(
    "history_job",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("created", Float(53), nullable=False, default=time.time),
    Column("owner", String(64), nullable=False),
    Column("symbol", String(64), nullable=False),
    Column("coin", String(64), nullable=False),
    Column("quote", String(64), nullable=False),
    Column("interval", String(4), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("candles", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("venue", String(64)),
    Column("listed", BigInteger),
    Column("failures", Text, nullable=False),
    Column("claimed_by", String(40), nullable=False),
    Column("claimed_until", Float(53), nullable=False),
)
"""Jobs with their progress, and the process that works on each until `claimed_until` (Unix seconds)."""

value = Table(
    "history_value",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("time", Float(53), nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""Values that other parts of the engine keep over a restart, by name. `time` is when (Unix seconds)."""

PARTS = (page, recent, revision, coverage, hole)
"""The tables with rows of a series."""
