"""Alert rules and deliveries in the database: transactions, and the rights of two processes."""

import pytest
from msgspec.structs import replace
from sqlalchemy import inspect

from engine.alerts.evaluation.running import NEW
from engine.alerts.keeping import tables
from engine.alerts.keeping.records import Attempt, KeptRule, MemoryChange, OutboxEntry
from engine.alerts.keeping.storage import AlertStorage
from engine.alerts.notify import Notify
from engine.history.errors import ArchiveUnreachable, NotTheWriter
from tests.clock import Clock
from tests.engine.alerts.keeping.conftest import Open
from tests.engine.alerts.stating import compare, given

HOOK = Notify("webhook", url="https://example.org/hook")
GIVEN = given(compare("price:BTC", ">", 1))
RULE = KeptRule("r1", "alice", 1.0, GIVEN, ("whsec_a",))


def entry(clock: Clock, message: str = "msg_1", place: int = 0, notify: Notify = HOOK) -> OutboxEntry:
    """Return an outbox entry that is due now."""
    return OutboxEntry(message, "r1", place, notify, b"{}", clock())


def change(*entries: OutboxEntry, sequence: int = 0) -> MemoryChange:
    """Return a change of the rule's memory."""
    return MemoryChange("r1", 1, sequence, replace(NEW, turned=True, unknown=False), entries)


def test_a_release_has_the_tables_of_its_migrations(opened: Open) -> None:
    """The migrations create the tables and columns of `tables`."""

    def columns(connection: object) -> dict[str, set[str]]:
        names = tables.metadata.tables
        found = inspect(connection)
        return {name: {column["name"] for column in found.get_columns(name)} for name in names}

    made = opened()._database.read(columns)

    assert made == {name: {*table.columns.keys()} for name, table in tables.metadata.tables.items()}


def test_rules_belong_to_their_owner(opened: Open) -> None:
    """Only the owner sees and deletes a rule, and an owner has at most as many as the tier allows."""
    storage = opened()

    assert storage.add(RULE, 1)
    assert not storage.add(replace(RULE, id="r2"), 1)
    assert storage.rules("alice") == [RULE]
    assert (storage.rule("r1", "alice"), storage.rule("r1", "bob")) == (RULE, None)
    assert not storage.remove("r1", "bob")
    assert (storage.count("alice"), storage.count("bob")) == (1, 0)


def test_a_firing_and_its_entries_are_stored_together(opened: Open, clock: Clock) -> None:
    """A firing and its entries are stored in one transaction: if one of them fails, neither is stored."""
    storage = opened()
    storage.add(RULE, None)
    with pytest.raises(ArchiveUnreachable):
        storage.take([change(entry(clock), entry(clock))])  # the same target twice

    assert storage.rules("alice") == [RULE]
    assert storage.waiting() == (0, None)
    assert storage.take([change(entry(clock))]) == [True]
    assert storage.rules("alice")[0].memory.state == "fired"
    assert storage.waiting() == (1, clock())


def test_one_process_evaluates_and_none_fires_twice(opened: Open, clock: Clock) -> None:
    """Once another process has the lease, changes of the first one are rejected: no rule fires twice."""
    first, second = opened(), opened()
    first.add(RULE, None)
    first.hold()
    with pytest.raises(NotTheWriter):
        second.hold()
    first.release()
    second.hold()
    with pytest.raises(NotTheWriter):
        first.take([change(entry(clock, "msg_1"))])

    assert second.take([change(entry(clock, "msg_2"))]) == [True]
    second.release()
    first.hold()
    assert first.take([change(entry(clock, "msg_3"))]) == [False]
    assert [it.message for it in first.due(clock(), 10, [], [])] == ["msg_2"]


def test_a_rule_that_its_owner_has_changed_does_not_fire_as_before(opened: Open, clock: Clock) -> None:
    """A firing of an older revision is dropped. A changed rule keeps its memory, unless it begins anew."""
    storage = opened()
    storage.add(RULE, None)
    version = storage.hold()
    storage.take([change()])
    after = replace(RULE, given={**GIVEN, "name": "other"}, revision=2)

    assert storage.replace(after, anew=False)
    assert not storage.replace(after, anew=False)
    assert storage.take([change(entry(clock), sequence=1)]) == [False]
    assert storage.rules("alice")[0].memory.turned
    assert storage.replace(replace(after, revision=3), anew=True)
    assert storage.rules("alice")[0].memory == NEW
    assert storage.revisions() == {"r1": (3, "alice")}
    assert storage.hold() > version


def test_attempts_are_kept_until_a_delivery_is_over(opened: Open, clock: Clock) -> None:
    """Due deliveries exclude those in memory and those of busy receivers, and attempts are stored."""
    storage = opened()
    storage.add(RULE, None)
    storage.take([change(entry(clock), entry(clock, place=1, notify=Notify("telegram", target="chat")))])
    [hook, chat] = storage.due(clock(), 10, [], [])

    assert (hook.target, hook.secrets, hook.owner, hook.attempts) == ("example.org", ("whsec_a",), "alice", 0)
    assert chat.target == "telegram:chat"
    assert storage.due(clock(), 10, [hook.number], ["telegram:chat"]) == []
    assert [it.outcome for it in storage.attempts("r1", 0)] == ["waiting", "waiting"]

    failed = Attempt("msg_1", 1, clock(), 500, "HTTP 500", clock() + 5)
    storage.record(
        [(hook, failed, None), (chat, Attempt("msg_1", 1, clock(), None, "delivered", None), None)]
    )
    clock.advance(6)
    [again] = storage.due(clock(), 10, [], [])
    storage.record([(hook, failed, None)])  # from a process that was too late

    assert (again.number, again.attempts) == (hook.number, 1)
    assert {(it.number, it.status, it.outcome) for it in storage.attempts("r1", 0)} == {
        (1, 500, "HTTP 500"),
        (1, None, "delivered"),
    }
    assert storage.waiting() == (1, None)


def test_a_target_that_is_gone_ends_its_rule(opened: Open, clock: Clock) -> None:
    """A rule whose target answered 410 ends, and is no longer among the rules to evaluate."""
    storage = opened()
    storage.add(RULE, None)
    storage.take([change(entry(clock))])
    [due] = storage.due(clock(), 10, [], [])
    version = storage.hold()
    storage.record([(due, Attempt("msg_1", 1, clock(), 410, "gone", None), "gone")])
    [rule] = storage.rules("alice")

    assert (rule.ended, rule.ended_reason) == (clock(), "gone")
    assert storage.revisions() == {}
    assert storage.hold() != version


def test_nothing_of_a_deleted_rule_is_left(opened: Open, clock: Clock) -> None:
    """A deleted rule takes its deliveries and attempts with it, and old ones are deleted by age."""
    storage = opened()
    for id_ in ("r1", "r2"):
        storage.add(replace(RULE, id=id_), None)
    storage.put([entry(clock)])
    storage.put([replace(entry(clock, "msg_2"), rule="r2")])
    for due in storage.due(clock(), 10, [], []):
        storage.record([(due, Attempt(due.message, 1, clock(), 200, "delivered", None), None)])
    storage.remove("r1", "alice")

    assert storage.attempts("r1", 0) == []
    assert len(storage.attempts("r2", 0)) == 1
    assert storage.forget(clock() + 1) == 1
    assert storage.attempts("r2", 0) == []


def test_a_deleted_rule_gets_no_entries(opened: Open, clock: Clock) -> None:
    """A deleted rule gets no outbox entry, which would stay for ever without the rule's secrets."""
    storage = opened()
    storage.add(RULE, None)
    kept = storage.put([entry(clock)])
    storage.remove("r1", "alice")

    assert kept
    assert not storage.put([entry(clock, "msg_2")])
    assert storage.waiting() == (0, None)


def test_secrets_change_once_at_a_time(opened: Open) -> None:
    """Of two requests that change the same secrets, only the first one succeeds."""
    storage = opened()
    storage.add(RULE, None)
    two = replace(RULE, secrets=("whsec_a", "whsec_b"))

    assert storage.keep_secrets(two, RULE.secrets)
    assert not storage.keep_secrets(two, RULE.secrets)
    assert storage.rules("alice")[0].secrets == two.secrets


def test_storages_of_one_database_share_it(opened: Open) -> None:
    """A second process opens the migrated database, and reads the rules of the first one."""
    first: AlertStorage = opened()
    first.add(RULE, None)

    assert opened().load(["r1"]) == [RULE]
