"""Leases of work that one process of all that share the database does: the writer's, and that of alerts."""

import time
from collections.abc import Callable

from sqlalchemy import Connection, extract, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from engine.history import tables
from engine.history.errors import NotTheWriter

SECONDS = 5.0
"""How long another process waits for a writer that has died."""
WRITER = "writer"


def hold(
    connection: Connection, owner: str, clock: Callable[[], float] = time.time, name: str = WRITER
) -> None:
    """Take or renew a lease for `owner`, by default that of the writer. Raises `NotTheWriter`.

    A lease that ends later than a new one would is from a clock that has jumped, and is void.
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
    """End a lease of `owner`, so that others need not wait."""
    lease = tables.lease.c
    connection.execute(update(tables.lease).where(lease.name == name, lease.owner == owner).values(until=0.0))


def time_of(connection: Connection, clock: Callable[[], float]) -> float:
    """Return Unix seconds: of the server where there is one, since the clocks of hosts differ."""
    if connection.dialect.name == "sqlite":
        return clock()
    return float(connection.scalar(select(extract("epoch", func.clock_timestamp()))) or 0.0)
