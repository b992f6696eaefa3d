"""The migrations of the archive's tables, which Alembic runs."""
