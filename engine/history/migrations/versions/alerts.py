"""Alert rules, and what their owners are told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of alerts."""
    op.create_table(
        "alert_version",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO alert_version (name, number) VALUES ('rules', 0)")
    op.create_table(
        "alert_rule",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False, index=True),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("given", sa.Text, nullable=False),
        sa.Column("memory", sa.Text, nullable=False),
        sa.Column("secrets", sa.Text, nullable=False),
        sa.Column("ended", sa.Float(53)),
        sa.Column("ended_reason", sa.String(100)),
    )
    op.create_table(
        "alert_delivery",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False, index=True),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("target", sa.String(300), nullable=False),
        sa.Column("notify", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", sa.Float(53), index=True),
        sa.UniqueConstraint("message", "place"),
    )
    op.create_table(
        "alert_attempt",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("delivery", sa.Integer, nullable=False, index=True),
        sa.Column("time", sa.Float(53), nullable=False, index=True),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("outcome", sa.String(80), nullable=False),
        sa.Column("due", sa.Float(53)),
    )


def downgrade() -> None:
    """Delete the tables."""
    for name in ("alert_attempt", "alert_delivery", "alert_rule", "alert_version"):
        op.drop_table(name)
