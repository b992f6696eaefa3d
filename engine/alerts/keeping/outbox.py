"""The outbox in the database: pending deliveries, and the outcomes of attempts."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from engine.alerts.keeping import rules, tables
from engine.alerts.keeping.records import Attempt, Delivery, MemoryChange, OutboxEntry
from engine.alerts.notify import Notify

LONGEST_RECEIVER = 300
SHOWN = 1000
"""The most attempts of a rule that are returned."""


def take(connection: Connection, change: MemoryChange, now: float) -> bool:
    """Store a change with its outbox entries. Return `False` if the rule has changed meanwhile."""
    table = tables.rule
    ended = {} if change.ended is None else {"ended": now, "ended_reason": change.ended}
    moved = connection.execute(
        update(table)
        .where(
            table.c.id == change.rule,
            table.c.revision == change.revision,
            table.c.sequence == change.sequence,
        )
        .values(memory=msgspec.json.encode(change.memory).decode(), sequence=change.sequence + 1, **ended)
    )
    if not moved.rowcount:
        return False
    put(connection, change.entries)
    return True


def put(connection: Connection, entries: Iterable[OutboxEntry]) -> None:
    """Store entries that are due at once."""
    rows = [
        {
            "message": it.message,
            "rule": it.rule,
            "place": it.place,
            "target": receiver_of(it.notify),
            "notify": msgspec.json.encode(it.notify).decode(),
            "body": it.body,
            "created": it.created,
            "attempts": 0,
            "due": it.created,
        }
        for it in entries
    ]
    if rows:
        connection.execute(insert(tables.delivery), rows)


def due(
    connection: Connection, now: float, most: int, without: Sequence[int], busy: Sequence[str]
) -> list[Delivery]:
    """Return what is due, the longest due first, except the numbers `without` and `busy` receivers."""
    table, rule = tables.delivery, tables.rule
    rows = connection.execute(
        select(table, rule.c.owner, rule.c.secrets)
        .join(rule, rule.c.id == table.c.rule)
        .where(table.c.due <= now, table.c.number.not_in(without), table.c.target.not_in(busy))
        .order_by(table.c.due, table.c.number)
        .limit(most)
    )
    return [_delivery(row) for row in rows.mappings()]


def record(connection: Connection, it: Delivery, attempt: Attempt, ended: str | None) -> None:
    """Store the outcome of an attempt. With a reason `ended`, the rule ends if it still has the target."""
    table, rule = tables.delivery, tables.rule
    moved = connection.execute(
        update(table)
        .where(table.c.number == it.number, table.c.attempts == it.attempts)
        .values(attempts=attempt.number, due=attempt.due)
    )
    if not moved.rowcount:
        return  # another process was quicker, or the rule is deleted
    connection.execute(
        insert(tables.attempt).values(
            delivery=it.number,
            time=attempt.time,
            attempt=attempt.number,
            status=attempt.status,
            outcome=attempt.outcome,
            due=attempt.due,
        )
    )
    if ended is not None and any(
        it.notify.fields() in kept.given["notify"] for kept in rules.load(connection, [it.rule])
    ):
        connection.execute(
            update(rule)
            .where(rule.c.id == it.rule, rule.c.ended.is_(None))
            .values(ended=attempt.time, ended_reason=ended)
        )
        rules.changed(connection)


def attempts(connection: Connection, rule: str, since: float) -> list[Attempt]:
    """Return the deliveries of a rule without an attempt, then its attempts, each the newest first."""
    table, tried = tables.delivery, tables.attempt
    waiting = connection.execute(
        select(table)
        .where(table.c.rule == rule, table.c.attempts == 0, table.c.created >= since)
        .order_by(table.c.number.desc())
        .limit(SHOWN)
    ).mappings()
    rows = connection.execute(
        select(tried, table.c.message)
        .join(table, table.c.number == tried.c.delivery)
        .where(table.c.rule == rule, tried.c.time >= since)
        .order_by(tried.c.time.desc(), tried.c.number.desc())
        .limit(SHOWN)
    ).mappings()
    found = [Attempt(row["message"], 0, row["created"], None, "waiting", row["due"]) for row in waiting]
    found += [
        Attempt(row["message"], row["attempt"], row["time"], row["status"], row["outcome"], row["due"])
        for row in rows
    ]
    return found[:SHOWN]


def waiting(connection: Connection) -> tuple[int, float | None]:
    """Return how many deliveries are pending, and when the oldest without an attempt was created."""
    table = tables.delivery.c
    count = connection.scalar(select(func.count()).select_from(tables.delivery).where(table.due.is_not(None)))
    oldest = connection.scalar(
        select(func.min(table.created)).where(table.due.is_not(None), table.attempts == 0)
    )
    return int(count or 0), oldest


def forget(connection: Connection, before: float) -> int:
    """Delete finished deliveries and attempts from before a time. Return how many deliveries."""
    table, tried = tables.delivery, tables.attempt
    connection.execute(delete(tried).where(tried.c.time < before))
    gone = connection.execute(delete(table).where(table.c.created < before, table.c.due.is_(None)))
    return gone.rowcount


def receiver_of(notify: Notify) -> str:
    """Return a text that is equal for targets that share a receiver: a host, or the name of a target."""
    if notify.url is None:
        return f"{notify.type}:{notify.target}"[:LONGEST_RECEIVER]
    return urlsplit(notify.url).netloc.lower()[-LONGEST_RECEIVER:]


def _delivery(row: Any) -> Delivery:
    return Delivery(
        number=row["number"],
        message=row["message"],
        rule=row["rule"],
        target=row["target"],
        owner=row["owner"],
        notify=msgspec.json.decode(row["notify"], type=Notify),
        body=bytes(row["body"]),
        created=row["created"],
        attempts=row["attempts"],
        secrets=tuple(msgspec.json.decode(row["secrets"], type=list[str])),
    )
