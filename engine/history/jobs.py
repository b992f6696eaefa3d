"""Jobs in the database."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from engine.history import tables
from engine.history.job import OPEN, Job
from engine.history.series import SeriesKey

CLAIM_SECONDS = 60.0
"""Seconds after which another process takes over the job of a process that has died."""


def add(connection: Connection, job: Job) -> None:
    """Keep a new job."""
    connection.execute(insert(tables.job).values(id=job.id, claimed_by="", claimed_until=0.0, **_row(job)))


def find(connection: Connection, number: str) -> Job | None:
    """Return a job, `None` if there is none."""
    row = connection.execute(select(tables.job).where(tables.job.c.id == number)).mappings().one_or_none()
    return None if row is None else _job(row)


def all_jobs(connection: Connection) -> Sequence[Job]:
    """Return all jobs, the oldest first."""
    rows = connection.execute(select(tables.job).order_by(tables.job.c.created, tables.job.c.id))
    return [_job(row) for row in rows.mappings()]


def save(connection: Connection, job: Job, owner: str, now: float) -> bool:
    """Keep the progress of a job of the process `owner`, and claim it for a minute from `now` on.

    Return whether the process shall continue: the job may have been cancelled, or another process may have
    taken it over.
    """
    claimed = {"claimed_by": owner, "claimed_until": now + CLAIM_SECONDS}
    changed = connection.execute(
        update(tables.job).where(_is_own(job.id, owner)).values(**_row(job), **claimed)
    )
    return changed.rowcount > 0


def _is_own(number: str, owner: str) -> ColumnElement[bool]:
    table = tables.job.c
    return and_(table.id == number, table.state.in_(OPEN), table.claimed_by.in_(("", owner)))


def claim(
    connection: Connection,
    owner: str,
    now: float,
    number: str | None = None,
    accepts: Callable[[Job], bool] = lambda job: True,
) -> Job | None:
    """Return an open job that no other process works on, and claim it for a minute from `now` on.

    Among those that the process `accepts`, it is the one whose last claim ended first, and then the oldest.
    With a `number` it is this job. A claim that would end after a new one is void: a clock has jumped.
    """
    table = tables.job.c
    free = or_(
        table.claimed_by == owner, table.claimed_until <= now, table.claimed_until > now + CLAIM_SECONDS
    )
    chosen = and_(table.state.in_(OPEN), free, *([table.id == number] if number else []))
    rows = connection.execute(
        select(tables.job).where(chosen).order_by(table.claimed_until, table.created, table.id)
    )
    job = next((it for row in rows.mappings().all() if accepts(it := _job(row))), None)
    if job is not None:
        taken = {"claimed_by": owner, "claimed_until": now + CLAIM_SECONDS}
        connection.execute(update(tables.job).where(table.id == job.id).values(**taken))
    return job


def has_open(connection: Connection) -> bool:
    """Return whether any job is open, also one that another process works on."""
    table = tables.job.c
    return connection.execute(select(table.id).where(table.state.in_(OPEN)).limit(1)).first() is not None


def cancel(connection: Connection, number: str) -> None:
    """End an open job."""
    table = tables.job
    connection.execute(
        update(table).where(table.c.id == number, table.c.state.in_(OPEN)).values(state="cancelled")
    )


def renew(connection: Connection, number: str, owner: str, until: float) -> None:
    """Claim a job of the process `owner` until a time (Unix seconds)."""
    connection.execute(update(tables.job).where(_is_own(number, owner)).values(claimed_until=until))


def _row(job: Job) -> dict[str, Any]:
    return {
        "owner": job.owner,
        "symbol": job.symbol,
        "coin": job.key.coin,
        "quote": job.key.quote,
        "interval": job.key.code,
        "first": job.first,
        "until": job.until,
        "at": job.at,
        "total": job.total,
        "done": job.done,
        "candles": job.candles,
        "state": job.state,
        "venue": job.venue,
        "listed": job.listed,
        "failures": msgspec.json.encode(job.failures).decode(),
    }


def _job(row: Any) -> Job:
    named = ("id", "owner", "symbol", "first", "until", "at", "total", "done", "candles", "state", "venue")
    return Job(
        key=SeriesKey(row["coin"], row["quote"], row["interval"]),
        listed=row["listed"],
        failures=msgspec.json.decode(row["failures"], type=dict[str, str]),
        **{name: row[name] for name in named},
    )
