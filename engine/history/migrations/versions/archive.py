"""The first tables: series, pages, revisions, coverage and holes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "history_series",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("coin", sa.String(64), nullable=False),
        sa.Column("quote", sa.String(64), nullable=False),
        sa.Column("interval", sa.String(4), nullable=False),
        sa.Column("cause", sa.SmallInteger, nullable=False),
        sa.Column("used", sa.Float, nullable=False),
        sa.UniqueConstraint("coin", "quote", "interval"),
    )
    op.create_table(
        "history_provider",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
    )
    op.create_table(
        "history_page",
        *_key("series", "start"),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("candles", sa.Integer, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("providers", sa.String(200), nullable=False),
        sa.Column("checksum", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    sizes = ["series", "start", "first", "last", "candles", "bytes", "providers"]
    op.create_index("history_page_sizes", "history_page", sizes)
    op.create_table(
        "history_recent",
        *_key("series", "open_time"),
        sa.Column("revision", sa.Integer, nullable=False),
        *_figures(),
    )
    op.create_table(
        "history_revision",
        *_key("series", "open_time"),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        *_figures(),
    )
    op.create_table(
        "history_coverage", *_key("series", "first"), sa.Column("until", sa.BigInteger, nullable=False)
    )
    op.create_table(
        "history_hole",
        *_key("series", "first"),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("known", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "history_lease",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("until", sa.Float(53), nullable=False),
    )


def downgrade() -> None:
    """Delete the tables."""
    for name in ("lease", "hole", "coverage", "revision", "recent", "page", "provider", "series"):
        op.drop_table(f"history_{name}")


def _key(series: str, time: str) -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column(series, sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(time, sa.BigInteger, primary_key=True, autoincrement=False),
    )


def _figures() -> tuple[sa.Column[float] | sa.Column[int] | sa.Column[bool], ...]:
    return (
        sa.Column("open", sa.Float(53), nullable=False),
        sa.Column("high", sa.Float(53), nullable=False),
        sa.Column("low", sa.Float(53), nullable=False),
        sa.Column("close", sa.Float(53), nullable=False),
        sa.Column("volume", sa.Float(53)),
        sa.Column("quote_volume", sa.Float(53)),
        sa.Column("trades", sa.BigInteger),
        sa.Column("provider", sa.Integer, nullable=False),
        sa.Column("filled", sa.Boolean, nullable=False),
        sa.Column("known", sa.BigInteger, nullable=False),
    )
