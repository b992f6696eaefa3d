"""Bring the database to the tables of this release."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from engine.history.database import LIMITS, Database
from engine.history.errors import ArchiveUnreachable, Busy, WrongRelease
from engine.history.releases import RELEASES

MIGRATIONS = Path(__file__).parent / "migrations"
NEW = MIGRATIONS / "sqlite.sql"
"""The SQL of all migrations for an empty SQLite file."""
LOCK = 7_230_911
"""PostgreSQL's advisory lock, so that one process migrates at a time."""


def bring_up(database: Database) -> None:
    """Migrate if necessary. The check only reads, because another process may hold the lock for writing."""
    if database.read(version) != RELEASES[-1]:
        try:
            database.write(migrate)
        except Busy as error:  # until then there is nothing to read
            raise ArchiveUnreachable(str(error)) from None


def migrate(connection: Connection) -> None:
    """Create missing tables, and migrate older ones. Raises `WrongRelease` if they are newer."""
    if version(connection) == RELEASES[-1]:
        return
    if connection.dialect.name == "postgresql":
        for setting in LIMITS:
            connection.execute(text(f"SET LOCAL {setting} = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    found = version(connection)
    if found is not None and found not in RELEASES:
        raise WrongRelease(f"the history is of a newer release (its tables are {found})")
    if connection.dialect.name == "sqlite" and not inspect(connection).get_table_names():
        _create(connection)
    elif found != RELEASES[-1]:
        _upgrade(connection)


def version(connection: Connection) -> str | None:
    """Return the version of the tables, `None` for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _create(connection: Connection) -> None:
    """Create the tables without Alembic, which saves a new server 10 MB."""
    for statement in NEW.read_text().split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # it takes 10 MB, and few starts need a migration
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, "head")
