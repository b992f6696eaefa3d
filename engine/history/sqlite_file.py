"""Look something up in a SQLite file that is not opened yet, or keep it, with the standard library alone.

SQLAlchemy and the codec take 35 MB. A server that neither reads nor writes candles learns without them what
it has kept of the catalogue, keeps what is new, and learns that no job waits.
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
"""How long another process is waited for."""


def rows(path: str, query: str, *values: str) -> list[tuple[Any, ...]] | None:
    """Return the rows of a query, `None` where the file is of another release or cannot be read so."""
    try:
        with closing(sqlite3.connect(_address(path, "ro"), SECONDS, uri=True)) as connection:
            found = connection.execute(VERSION).fetchall()
            return connection.execute(query, values).fetchall() if found == [(RELEASES[-1],)] else None
    except sqlite3.Error:
        return None


def put(path: str, name: str, data: bytes, now: float) -> bool:
    """Keep a value in place of the last one, and return whether it is kept. `now` is in Unix seconds.

    It is not where the file is of another release, is missing, or cannot be written now.
    """
    try:
        with closing(sqlite3.connect(_address(path, "rw"), SECONDS, uri=True)) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")  # no other process migrates meanwhile
            found = connection.execute(VERSION).fetchall()
            if found == [(RELEASES[-1],)]:
                connection.execute(KEEP, (name, now, data))
            return found == [(RELEASES[-1],)]
    except sqlite3.Error:
        return False


def _address(path: str, mode: str) -> str:
    return f"{Path(path).absolute().as_uri()}?mode={mode}"
