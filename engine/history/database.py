"""The connections to the database, in real threads beside the event loop."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, SQLAlchemyError

from engine.concurrency.locks import Lock
from engine.history.errors import ArchiveFull, ArchiveUnreachable, Busy, Unwritable

T = TypeVar("T")

BUSY = sqlite3.SQLITE_BUSY
BUSY_SECONDS = 5.0
"""Seconds that a SQLite connection waits for another process that writes."""
ATTEMPTS = 20
"""Attempts to change a new database to WAL while other processes do the same."""
CONNECT_SECONDS = 3
"""Seconds to wait for a connection to PostgreSQL."""
GONE_SECONDS = 20
"""Seconds without a reply from PostgreSQL's host after which a connection ends and frees its thread."""
TO_POSTGRESQL = {
    "application_name": "engine",
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": GONE_SECONDS // 2,
    "keepalives_interval": GONE_SECONDS // 4,
    "keepalives_count": 2,
    "tcp_user_timeout": GONE_SECONDS * 1000,
}
LIMITS: dict[str, float] = {"lock_timeout": 2, "statement_timeout": 60}
"""Seconds that a statement may wait for a lock, and run in all. A migration may take longer."""
FULL = ("disk is full", "No space left", "disk I/O error", "database is full")
"""Parts of the messages of SQLite and PostgreSQL for a full disk."""
FULL_STATES = ("53100", "53400")
"""PostgreSQL's codes for a full disk or an exceeded limit."""
LOCKED_STATE = "55P03"
"""PostgreSQL's code for a lock timeout."""
OF_A_NEW_FILE = "PRAGMA auto_vacuum = INCREMENTAL"
"""This pragma always writes, which fails on a full disk: it is set for new files only."""
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA cache_size = -2000",
)


class Database:
    """Runs work in transactions. Its methods block: callers run them in real threads."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        arguments: dict[str, Any] = (
            {"timeout": BUSY_SECONDS, "check_same_thread": False} if self.is_sqlite else TO_POSTGRESQL
        )
        # SQLAlchemy's pool would wait with locks that gevent has replaced, which do not work in real threads.
        self._engine: Engine = create_engine(url, connect_args=arguments, poolclass=NullPool)
        self._lock = Lock()
        self._idle: list[Connection] = []
        event.listen(self._engine, "connect", _configure if self.is_sqlite else _limit)
        if self.is_sqlite:
            event.listen(self._engine, "begin", _begin)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return the result of `work`, which runs in one transaction. Raises an `ArchiveError`."""
        return self._run(work, writes=False)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do the same in a transaction that excludes other writers. It is rolled back if `work` raises.

        Raises `Busy` if another program has held the lock for too long.
        """
        return self._run(work, writes=True)

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _run(self, work: Callable[[Connection], T], *, writes: bool) -> T:
        with _translated(writes=writes):
            try:
                return self._once(work, writes=writes)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                self.close()  # the server has closed all connections
            return self._once(work, writes=writes)

    def _once(self, work: Callable[[Connection], T], *, writes: bool) -> T:
        with self._lock:
            found = self._idle.pop() if self._idle else None
        connection = found or self._engine.connect()
        try:
            connection.execution_options(writes=writes)
            with connection.begin():
                done = work(connection)
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(connection)
        return done


@contextmanager
def _translated(*, writes: bool) -> Iterator[None]:
    """Translate the errors of the database to `ArchiveError`s, without texts that may contain passwords."""
    try:
        yield
    except OperationalError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state in FULL_STATES or any(word in str(error.orig) for word in FULL):
            raise ArchiveFull("there is no room for the history on the disk") from None
        if writes and (state == LOCKED_STATE or getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == BUSY):
            raise Busy("another program writes to the database") from None
        raise ArchiveUnreachable(f"the database does not answer: {type(error.orig).__name__}") from None
    except DataError as error:
        raise Unwritable(f"the database refuses a value: {type(error.orig).__name__}") from None
    except SQLAlchemyError as error:
        raise ArchiveUnreachable(f"the database failed: {type(error).__name__}") from None


def _limit(connection: Any, record: Any) -> None:
    """Limit the time that a statement of PostgreSQL, such as one that waits for a table, holds its thread."""
    for setting, seconds in LIMITS.items():
        connection.execute(f"SET {setting} = '{seconds}s'")
    connection.commit()


def _configure(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions begin with `_begin` alone
    is_new = connection.execute("PRAGMA page_count").fetchone() == (0,)
    for pragma in (OF_A_NEW_FILE, *PRAGMAS) if is_new else PRAGMAS:
        _set(connection, pragma)


def _set(connection: Any, pragma: str) -> None:
    """Set a pragma, even while other processes create the same database.

    SQLite waits for other writers, but the change to WAL fails at once. A transaction waits for them first.
    """
    for _ in range(ATTEMPTS):
        try:
            connection.execute(pragma).close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        connection.execute("BEGIN IMMEDIATE").close()
        connection.execute("ROLLBACK").close()
    connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
