"""Read or write one value of a SQLite file that is not open yet, with the standard library alone.

SQLAlchemy and the codec take 35 MB. A server that neither reads nor writes candles saves them: without them
it reads and keeps the bindings of the catalogue, and checks that no job waits.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from engine.history.releases import RELEASES

VALUE = "SELECT data FROM history_value WHERE name = ?"
OPEN_JOBS = "SELECT 1 FROM history_job WHERE state IN ('waiting', 'running') LIMIT 1"
KEEP = "INSERT OR REPLACE INTO history_value (name, time, data) VALUES (?, ?, ?)"
VERSION = "SELECT version_num FROM alembic_version"
SECONDS = 1.0
"""Seconds to wait for another process."""


def rows(path: str, query: str, *values: str) -> list[tuple[Any, ...]] | None:
    """Return the rows of a query, `None` if the file is of another release or cannot be read."""
    try:
        with closing(sqlite3.connect(_address(path, "ro"), SECONDS, uri=True)) as connection:
            found = connection.execute(VERSION).fetchall()
            return connection.execute(query, values).fetchall() if found == [(RELEASES[-1],)] else None
    except sqlite3.Error:
        return None


def put(path: str, name: str, data: bytes, now: float) -> bool:
    """Keep a value, and replace the last one. Return whether this worked. `now` is in Unix seconds.

    It fails if the file is of another release, is missing, or cannot be written now.
    """
    try:
        with closing(sqlite3.connect(_address(path, "rw"), SECONDS, uri=True)) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")  # so that no other process migrates meanwhile
            found = connection.execute(VERSION).fetchall()
            if found == [(RELEASES[-1],)]:
                connection.execute(KEEP, (name, now, data))
            return found == [(RELEASES[-1],)]
    except sqlite3.Error:
        return False


def _address(path: str, mode: str) -> str:
    return f"{Path(path).absolute().as_uri()}?mode={mode}"
