"""Jobs that fill series."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table of jobs."""
    op.create_table(
        "history_job",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("symbol", sa.String(64), nullable=False),
        sa.Column("coin", sa.String(64), nullable=False),
        sa.Column("quote", sa.String(64), nullable=False),
        sa.Column("interval", sa.String(4), nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("candles", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("venue", sa.String(64)),
        sa.Column("listed", sa.BigInteger),
        sa.Column("failures", sa.Text, nullable=False),
        sa.Column("claimed_by", sa.String(40), nullable=False),
        sa.Column("claimed_until", sa.Float(53), nullable=False),
    )


def downgrade() -> None:
    """Delete the table."""
    op.drop_table("history_job")
