"""Named values that other parts of the engine keep over a restart."""

from sqlalchemy import Connection, delete, insert, select

from engine.history import tables


def put(connection: Connection, name: str, data: bytes, now: float) -> None:
    """Keep a value, and replace the last one. `now` is in Unix seconds."""
    table = tables.value
    connection.execute(delete(table).where(table.c.name == name))
    connection.execute(insert(table).values(name=name, time=now, data=data))


def find(connection: Connection, name: str) -> bytes | None:
    """Return a value, `None` if there is none under the name."""
    found = connection.scalar(select(tables.value.c.data).where(tables.value.c.name == name))
    return None if found is None else bytes(found)
