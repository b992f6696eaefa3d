"""Rules in the database."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from engine.alerts.evaluation.running import Memory
from engine.alerts.keeping import tables
from engine.alerts.keeping.records import KeptRule

RULES = "rules"
_encode = msgspec.json.Encoder().encode


def version(connection: Connection) -> int:
    """Return a number that changes with the rules."""
    number = connection.scalar(select(tables.version.c.number).where(tables.version.c.name == RULES))
    return int(number or 0)


def changed(connection: Connection) -> None:
    """Increment the version, by which the evaluator notices changes."""
    table = tables.version
    connection.execute(update(table).where(table.c.name == RULES).values(number=table.c.number + 1))


def add(connection: Connection, it: KeptRule, most: int | None) -> bool:
    """Store a new rule, unless its owner already has `most`. Return whether it is stored."""
    changed(connection)  # locks out other writers, so that none adds between the count and the insert
    if most is not None and count(connection, it.owner) >= most:
        return False
    connection.execute(insert(tables.rule).values(id=it.id, owner=it.owner, created=it.created, **_row(it)))
    return True


def count(connection: Connection, owner: str) -> int:
    """Return how many rules `owner` has."""
    table = tables.rule
    found = connection.scalar(select(func.count()).select_from(table).where(table.c.owner == owner))
    return int(found or 0)


def find(connection: Connection, id_: str, owner: str) -> KeptRule | None:
    """Return a rule of `owner`, `None` where there is none."""
    table = tables.rule
    found = connection.execute(select(table).where(table.c.id == id_, table.c.owner == owner)).mappings()
    row = found.one_or_none()
    return None if row is None else _rule(row)


def of_owner(connection: Connection, owner: str) -> list[KeptRule]:
    """Return the rules of `owner`, the oldest first."""
    table = tables.rule
    rows = connection.execute(
        select(table).where(table.c.owner == owner).order_by(table.c.created, table.c.id)
    )
    return [_rule(row) for row in rows.mappings()]


def revisions(connection: Connection) -> dict[str, tuple[int, str]]:
    """Return the revision and the owner of each rule that has not ended."""
    table = tables.rule.c
    rows = connection.execute(select(table.id, table.revision, table.owner).where(table.ended.is_(None)))
    return {row.id: (row.revision, row.owner) for row in rows}


def load(connection: Connection, ids: Sequence[str]) -> list[KeptRule]:
    """Return rules by their ids."""
    rows = connection.execute(select(tables.rule).where(tables.rule.c.id.in_(ids)))
    return [_rule(row) for row in rows.mappings()]


def replace(connection: Connection, it: KeptRule, *, anew: bool) -> bool:
    """Store a rule that its owner has changed. Return `False` if another request has changed it meanwhile.

    With `anew`, its memory is reset.
    """
    changed(connection)
    table, row = tables.rule, _row(it)
    kept = ("sequence", "secrets") if anew else ("sequence", "secrets", "memory")
    values = {name: value for name, value in row.items() if name not in kept}
    moved = connection.execute(
        update(table).where(table.c.id == it.id, table.c.revision == it.revision - 1).values(**values)
    )
    return moved.rowcount > 0


def keep_secrets(connection: Connection, it: KeptRule, before: Sequence[str]) -> bool:
    """Replace the secrets `before` of a rule. Return `False` if it has other ones by now."""
    table = tables.rule
    moved = connection.execute(
        update(table)
        .where(table.c.id == it.id, table.c.secrets == _text(list(before)))
        .values(secrets=_text(list(it.secrets)))
    )
    return moved.rowcount > 0


def lock(connection: Connection, id_: str) -> bool:
    """Lock a rule for this transaction. Return whether it exists."""
    table = tables.rule
    same = {table.c.owner: table.c.owner}
    return connection.execute(update(table).where(table.c.id == id_).values(same)).rowcount > 0


def remove(connection: Connection, id_: str, owner: str) -> bool:
    """Delete a rule of `owner` with its deliveries. Return whether it existed."""
    changed(connection)
    table = tables.rule
    gone = connection.execute(delete(table).where(table.c.id == id_, table.c.owner == owner))
    if not gone.rowcount:
        return False
    numbers = select(tables.delivery.c.number).where(tables.delivery.c.rule == id_)
    connection.execute(delete(tables.attempt).where(tables.attempt.c.delivery.in_(numbers)))
    connection.execute(delete(tables.delivery).where(tables.delivery.c.rule == id_))
    return True


def _row(it: KeptRule) -> dict[str, Any]:
    return {
        "revision": it.revision,
        "sequence": it.sequence,
        "given": _text(it.given),
        "memory": _text(it.memory),
        "secrets": _text(list(it.secrets)),
        "ended": it.ended,
        "ended_reason": it.ended_reason,
    }


def _rule(row: Any) -> KeptRule:
    return KeptRule(
        id=row["id"],
        owner=row["owner"],
        created=row["created"],
        given=msgspec.json.decode(row["given"], type=dict[str, Any]),
        secrets=tuple(msgspec.json.decode(row["secrets"], type=list[str])),
        memory=msgspec.json.decode(row["memory"], type=Memory),
        revision=row["revision"],
        sequence=row["sequence"],
        ended=row["ended"],
        ended_reason=row["ended_reason"],
    )


def _text(value: object) -> str:
    return _encode(value).decode()
