"""The tables of alerts: the same in SQLite and PostgreSQL. Times are Unix seconds."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
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

version = Table(
    "alert_version",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""A number that changes with the rules, by which the evaluator notices changes."""

rule = Table(
    "alert_rule",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("owner", String(64), nullable=False, index=True),
    Column("created", Float(53), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("given", Text, nullable=False),
    Column("memory", Text, nullable=False),
    Column("secrets", Text, nullable=False),
    Column("ended", Float(53)),
    Column("ended_reason", String(100)),
)
"""Rules as their owners sent them. `revision` counts the owner's changes, `sequence` those of `memory`.

`secrets` sign webhooks, the oldest first. Rules with `ended` are kept, and not evaluated.
"""

delivery = Table(
    "alert_delivery",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("message", String(40), nullable=False),
    Column("rule", String(40), nullable=False, index=True),
    Column("place", SmallInteger, nullable=False),
    Column("target", String(300), nullable=False),
    Column("notify", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created", Float(53), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Float(53), index=True),
    UniqueConstraint("message", "place"),
)
"""Messages for one target each: `place` is its position in `notify`. `due` is null after the last attempt.

`target` is equal for targets that share a receiver.
"""

attempt = Table(
    "alert_attempt",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("delivery", Integer, nullable=False, index=True),
    Column("time", Float(53), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("status", Integer),
    Column("outcome", String(80), nullable=False),
    Column("due", Float(53)),
)
"""The outcome of each attempt, without the receiver's answer."""
