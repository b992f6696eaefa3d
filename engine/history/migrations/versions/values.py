"""Values of other parts of the engine."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table of values."""
    op.create_table(
        "history_value",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("time", sa.Float(53), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Delete the table."""
    op.drop_table("history_value")
