"""Leases for work that only one of the processes with this database may do: writing, and alerts."""

import time
from collections.abc import Callable

from sqlalchemy import Connection, extract, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from engine.history import tables
from engine.history.errors import NotTheWriter

SECONDS = 5.0
"""Seconds after which another process replaces a writer that has died."""
WRITER = "writer"


def hold(
    connection: Connection, owner: str, clock: Callable[[], float] = time.time, name: str = WRITER
) -> None:
    """Take or renew a lease for `owner`, by default that of the writer. Raises `NotTheWriter`.

    A lease that would end after a new one is void: a clock has jumped.
    """
    now = time_of(connection, clock)
    lease = tables.lease
    free = or_(lease.c.owner == owner, lease.c.until <= now, lease.c.until > now + SECONDS)
    taken = connection.execute(
        update(lease).where(lease.c.name == name, free).values(owner=owner, until=now + SECONDS)
    )
    if taken.rowcount:
        return
    if connection.scalar(select(lease.c.owner).where(lease.c.name == name)) is not None:
        raise NotTheWriter(f"another process is the {name}")
    try:
        connection.execute(insert(lease).values(name=name, owner=owner, until=now + SECONDS))
    except IntegrityError:
        raise NotTheWriter(f"another process is the {name}") from None


def release(connection: Connection, owner: str, name: str = WRITER) -> None:
    """End a lease of `owner`, so that other processes can take it at once."""
    lease = tables.lease.c
    connection.execute(update(tables.lease).where(lease.name == name, lease.owner == owner).values(until=0.0))


def time_of(connection: Connection, clock: Callable[[], float]) -> float:
    """Return Unix seconds: those of PostgreSQL's server, because the clocks of hosts differ."""
    if connection.dialect.name == "sqlite":
        return clock()
    return float(connection.scalar(select(extract("epoch", func.clock_timestamp()))) or 0.0)
