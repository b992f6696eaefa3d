"""Look something up in a SQLite file that is not opened yet, with the standard library alone.

SQLAlchemy and the codec take 25 MB. A server that neither reads nor writes candles learns without them what
it has kept of the catalogue, and that no job waits.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from engine.history.releases import RELEASES

VALUE = "SELECT data FROM history_value WHERE name = ?"
OPEN_JOBS = "SELECT 1 FROM history_job WHERE state IN ('waiting', 'running') LIMIT 1"
SECONDS = 1.0
"""How long another process is waited for."""


def rows(path: str, query: str, *values: str) -> list[tuple[Any, ...]] | None:
    """Return the rows of a query, `None` where the file is of another release or cannot be read so."""
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, SECONDS, uri=True)) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            return connection.execute(query, values).fetchall() if found == [(RELEASES[-1],)] else None
    except sqlite3.Error:
        return None
