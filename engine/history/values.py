"""What other parts of the engine keep over a restart, by its name."""

from sqlalchemy import Connection, delete, insert, select

from engine.history import tables


def put(connection: Connection, name: str, data: bytes, now: float) -> None:
    """Keep a value in place of the last one. `now` is in Unix seconds."""
    table = tables.value
    connection.execute(delete(table).where(table.c.name == name))
    connection.execute(insert(table).values(name=name, time=now, data=data))


def find(connection: Connection, name: str) -> bytes | None:
    """Return a value, `None` where nothing was kept under the name."""
    found = connection.scalar(select(tables.value.c.data).where(tables.value.c.name == name))
    return None if found is None else bytes(found)
