"""Alert rules and their outbox in the database. Each method is one transaction, and blocks."""

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from engine.alerts.keeping import outbox, rules
from engine.alerts.keeping.records import Attempt, Delivery, KeptRule, MemoryChange, OutboxEntry
from engine.history import lease, migrating
from engine.history.database import Database

EVALUATOR = "evaluator"
"""The name of the lease that the process holds which evaluates rules and delivers alerts."""


class AlertStorage:
    """Rules, their outbox, and the outcomes of attempts. `clock` returns Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._owner = uuid.uuid4().hex
        migrating.bring_up(database)

    def hold(self) -> int:
        """Take or renew the lease of the evaluator, and return the version of the rules.

        Raises `NotTheWriter` where another process has it.
        """

        def work(connection: Connection) -> int:
            self._hold(connection)
            return rules.version(connection)

        return self._database.write(work)

    def has_any(self) -> bool:
        """Return whether there has ever been a rule."""
        return self._database.read(rules.version) > 0

    def release(self) -> None:
        """Give up the lease, so that another process evaluates at once."""
        self._database.write(lambda connection: lease.release(connection, self._owner, EVALUATOR))

    def revisions(self) -> dict[str, tuple[int, str]]:
        """Return the revision and the owner of each rule that has not ended."""
        return self._database.read(rules.revisions)

    def load(self, ids: Sequence[str]) -> list[KeptRule]:
        """Return rules by their ids."""
        return self._database.read(lambda connection: rules.load(connection, ids))

    def take(self, changes: Sequence[MemoryChange]) -> list[bool]:
        """Store changes with their outbox entries in one transaction, as the evaluator.

        Return for each whether it was stored: a rule that has changed meanwhile is skipped.
        Raises `NotTheWriter`.
        """

        def work(connection: Connection) -> list[bool]:
            self._hold(connection)
            return [outbox.take(connection, change, self._clock()) for change in changes]

        return self._database.write(work)

    def add(self, rule: KeptRule, most: int | None) -> bool:
        """Store a new rule, unless its owner already has `most`. Return whether it is stored."""
        return self._database.write(lambda connection: rules.add(connection, rule, most))

    def rule(self, id_: str, owner: str) -> KeptRule | None:
        """Return a rule of `owner`, `None` where there is none."""
        return self._database.read(lambda connection: rules.find(connection, id_, owner))

    def rules(self, owner: str) -> list[KeptRule]:
        """Return the rules of `owner`, the oldest first."""
        return self._database.read(lambda connection: rules.of_owner(connection, owner))

    def count(self, owner: str) -> int:
        """Return how many rules `owner` has."""
        return self._database.read(lambda connection: rules.count(connection, owner))

    def replace(self, rule: KeptRule, *, anew: bool) -> bool:
        """Store a changed rule. Return `False` if it has changed meanwhile. With `anew`, reset its memory."""
        return self._database.write(lambda connection: rules.replace(connection, rule, anew=anew))

    def keep_secrets(self, rule: KeptRule, before: Sequence[str]) -> bool:
        """Replace the secrets `before` of a rule. Return `False` if it has other ones by now."""
        return self._database.write(lambda connection: rules.keep_secrets(connection, rule, before))

    def remove(self, id_: str, owner: str) -> bool:
        """Delete a rule with its deliveries. Return whether it existed."""
        return self._database.write(lambda connection: rules.remove(connection, id_, owner))

    def put(self, entries: Sequence[OutboxEntry]) -> bool:
        """Store entries of one rule that are due at once. Return whether the rule still exists."""

        def work(connection: Connection) -> bool:
            if not rules.lock(connection, entries[0].rule):
                return False
            outbox.put(connection, entries)
            return True

        return self._database.write(work)

    def due(self, now: float, most: int, without: Sequence[int], busy: Sequence[str]) -> list[Delivery]:
        """Return what is due, except the numbers `without` and `busy` receivers."""
        return self._database.read(lambda connection: outbox.due(connection, now, most, without, busy))

    def record(self, ended: Sequence[tuple[Delivery, Attempt, str | None]]) -> None:
        """Store the outcomes of attempts, and why rules end, in one transaction."""

        def work(connection: Connection) -> None:
            for delivery, attempt, reason in ended:
                outbox.record(connection, delivery, attempt, reason)

        self._database.write(work)

    def attempts(self, rule: str, since: float) -> list[Attempt]:
        """Return the attempts for a rule since a time, the newest first."""
        return self._database.read(lambda connection: outbox.attempts(connection, rule, since))

    def waiting(self) -> tuple[int, float | None]:
        """Return how many deliveries are pending, and when the oldest without an attempt was created."""
        return self._database.read(outbox.waiting)

    def forget(self, before: float) -> int:
        """Delete finished deliveries and attempts from before a time. Return how many deliveries."""
        return self._database.write(lambda connection: outbox.forget(connection, before))

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def _hold(self, connection: Connection) -> None:
        lease.hold(connection, self._owner, self._clock, EVALUATOR)
