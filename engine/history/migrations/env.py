"""Run the migrations in the transaction of the caller. Alembic imports this module."""

from alembic import context

from engine.history.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
