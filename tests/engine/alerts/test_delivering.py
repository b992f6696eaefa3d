"""Deliveries: at least once under one id, again after failures, and not too many at once."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from engine.alerts.delivering import Delivering
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import KeptRule, OutboxEntry
from engine.alerts.notify import Notify
from engine.alerts.sending import Outcome
from engine.config import Settings
from engine.history.errors import ArchiveFull
from engine.telemetry.metrics import AlertCounts
from tests.clock import Clock
from tests.engine.alerts.receiving import Inline
from tests.engine.alerts.stating import compare, given
from tests.waiting import eventually

DELIVERED = Outcome(delivered=True, status=200)


class Sent:
    """A stand-in for `Sending`, which keeps the ids of messages and returns `outcome`."""

    def __init__(self) -> None:
        self.outcome = DELIVERED
        self.ids: list[str] = []

    def send(self, notify: Notify, body: bytes, headers: Mapping[str, str], *, key_name: str) -> Outcome:
        """Keep the id."""
        self.ids.append(headers["webhook-id"])
        return self.outcome


class Stage:
    """An outbox with a rule, whose deliveries are sent at once."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.access = Access(Settings(data_dir=str(folder)), clock)
        self.sent = Sent()
        self.rule = KeptRule("r1", "alice", clock(), given(compare("price:BTC", ">", 1)), ("whsec_YQ==",))
        self.access.run(lambda storage: storage.add(self.rule, None))
        self.delivering = self.started()

    def started(self, sending: Any = None, pool: Any = None) -> Delivering:
        """Return what delivers, as after a start of the process."""
        counts = AlertCounts(CollectorRegistry())
        sender: Any = sending or self.sent
        return Delivering(self.access, sender, pool or Inline(), counts, lambda: None)

    def queue(self, *messages: str, host: str = "example.org") -> None:
        """Put messages into the outbox."""
        hook = Notify("webhook", url=f"https://{host}/hook")
        entries = [OutboxEntry(message, "r1", 0, hook, b"{}", self.clock()) for message in messages]
        self.access.run(lambda storage: storage.put(entries))

    def deliver(self, seconds: float = 0) -> list[str]:
        """Advance the clock and deliver what is due. Return the ids of the sent messages."""
        self.clock.advance(seconds)
        before = len(self.sent.ids)
        self.delivering.fetch()
        self.delivering.keep()
        return self.sent.ids[before:]

    def outcomes(self) -> list[tuple[int, str]]:
        """Return the attempts with their outcomes, the newest first."""
        attempts = self.access.run(lambda storage: storage.attempts("r1", 0))
        return [(it.number, it.outcome) for it in attempts]


@pytest.fixture
def stage(folder: Path) -> Iterator[Stage]:
    """Yield an outbox in a new folder."""
    made = Stage(folder, Clock())
    yield made
    made.access.stop()


def test_a_delivered_message_is_sent_once(stage: Stage) -> None:
    """A delivered message is never sent again."""
    stage.queue("msg_1", "msg_2")

    assert stage.deliver() == ["msg_1", "msg_2"]
    assert stage.deliver(86_400) == []
    assert stage.outcomes() == [(1, "delivered"), (1, "delivered")]


def test_a_stored_outcome_ends_the_state_of_a_full_database(stage: Stage) -> None:
    """A full database is well again once an outcome was stored. Reading from it proves nothing."""
    stage.queue("msg_1")
    stage.access.availability.filled_up(ArchiveFull("there is no room"))
    stage.outcomes()
    assert stage.access.availability.state == "full"
    stage.deliver()

    assert stage.access.availability.state == "ok"


def test_failed_attempts_are_repeated_under_one_id_until_the_last(stage: Stage) -> None:
    """A delivery is tried nine times within three days, with one id, and then has failed."""
    stage.sent.outcome = Outcome(delivered=False, status=500, reason="HTTP 500")
    stage.queue("msg_1")
    waits = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000)
    sent = [id_ for wait in waits for id_ in (*stage.deliver(wait - 1 if wait else 0), *stage.deliver(1))]

    assert sent == ["msg_1"] * 9
    assert stage.deliver(10**6) == []
    assert stage.outcomes() == [(9, "failed"), *((number, "HTTP 500") for number in range(8, 0, -1))]


def test_a_receiver_may_ask_for_time(stage: Stage) -> None:
    """No attempt comes before the time of the receiver's `Retry-After`."""
    stage.sent.outcome = Outcome(delivered=False, status=429, reason="HTTP 429", retry_after=3600)
    stage.queue("msg_1")
    first, early, later = stage.deliver(), stage.deliver(3599), stage.deliver(1)

    assert (first, early, later) == (["msg_1"], [], ["msg_1"])


def test_an_attempt_that_raises_is_repeated_by_the_schedule(stage: Stage) -> None:
    """An exception is reported, counts as a failed attempt, and delays only its delivery."""
    failed: list[str] = []

    class Reporting(Inline):
        def submit(self, work: Callable[..., Any], /, *arguments: Any, **more: Any) -> Future[Any]:
            try:
                return super().submit(work, *arguments, **more)
            except OverflowError as error:
                failed.append(repr(error))
                return Future()

    class Broken(Sent):
        def send(self, notify: Notify, body: bytes, headers: Mapping[str, str], *, key_name: str) -> Outcome:
            super().send(notify, body, headers, key_name=key_name)
            raise OverflowError

    stage.sent = Broken()
    stage.delivering = stage.started(pool=Reporting())
    stage.queue("msg_1")
    first, early, later = stage.deliver(), stage.deliver(4), stage.deliver(1)

    assert (first, early, later) == (["msg_1"], [], ["msg_1"])
    assert stage.outcomes() == [(2, "Internal error"), (1, "Internal error")]
    assert failed == ["OverflowError()"] * 2


def test_deliveries_behind_an_attempt_that_raises_go_on(stage: Stage) -> None:
    """After an exception, the other deliveries to the same receiver are still sent."""

    class Broken(Sent):
        def send(self, notify: Notify, body: bytes, headers: Mapping[str, str], *, key_name: str) -> Outcome:
            super().send(notify, body, headers, key_name=key_name)
            raise OverflowError

    broken = Broken()
    with ThreadPoolExecutor(1) as pool:
        stage.delivering = stage.started(broken, pool)
        stage.queue(*(f"msg_{number}" for number in range(8)))
        stage.delivering.fetch()
        eventually(lambda: len(broken.ids) == 8, 5)


def test_a_receiver_that_is_gone_ends_the_rule(stage: Stage) -> None:
    """An answer of 410 ends the rule, and the message is not sent again."""
    stage.sent.outcome = Outcome(delivered=False, status=410, reason="HTTP 410", gone=True)
    stage.queue("msg_1")
    stage.deliver()
    [rule] = stage.access.run(lambda storage: storage.rules("alice"))

    assert stage.outcomes() == [(1, "gone")]
    assert rule.ended_reason == "its target answered 410"
    assert stage.deliver(86_400) == []


def test_a_former_receiver_that_is_gone_ends_nothing(stage: Stage) -> None:
    """A 410 of a former target ends the delivery, while the rule with its new target goes on."""
    stage.sent.outcome = Outcome(delivered=False, status=410, reason="HTTP 410", gone=True)
    stage.queue("msg_1", host="former.example")
    stage.deliver()
    [rule] = stage.access.run(lambda storage: storage.rules("alice"))

    assert stage.outcomes() == [(1, "gone")]
    assert rule.ended is None


def test_a_message_whose_outcome_was_not_stored_is_sent_again(stage: Stage) -> None:
    """A message whose outcome was lost with its process is sent again under the same id."""
    stage.queue("msg_1")
    stage.delivering.fetch()
    stage.delivering = stage.started()

    assert stage.deliver() == ["msg_1"]
    assert stage.sent.ids == ["msg_1", "msg_1"]
    assert stage.outcomes() == [(1, "delivered")]


def test_one_receiver_gets_four_at_once_and_others_do_not_wait_for_it(stage: Stage) -> None:
    """A receiver gets four messages at a time, and a slow one delays only its own."""
    release, four, other = threading.Event(), threading.Barrier(5), threading.Event()
    busy: list[int] = []
    most = [0]

    class Slow(Sent):
        def send(self, notify: Notify, body: bytes, headers: Mapping[str, str], *, key_name: str) -> Outcome:
            if notify.url == "https://other.example/hook":
                other.set()
                return DELIVERED
            busy.append(1)
            most[0] = max(most[0], len(busy))
            if not release.is_set():
                four.wait(20)
                release.wait(20)
            busy.pop()
            return super().send(notify, body, headers, key_name=key_name)

    slow = Slow()
    stage.queue(*(f"msg_{number}" for number in range(30)))
    stage.queue("msg_other", host="other.example")
    with ThreadPoolExecutor(16) as pool:
        delivering = stage.started(slow, pool)
        delivering.fetch()
        four.wait(20)
        assert other.wait(20)
        release.set()
    delivering.keep()

    assert most == [4]
    assert len(slow.ids) == 30
    assert delivering.idle


def test_the_file_with_secrets_is_for_its_owner_alone(stage: Stage, folder: Path) -> None:
    """The database has mode 0600, and so have its write-ahead log and its shared memory."""
    assert {path.stat().st_mode & 0o777 for path in folder.glob("history.sqlite*")} == {0o600}


def test_a_folder_that_cannot_be_written_stops_rules_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a writable `DATA_DIR`, rules are unavailable, and the log says so."""
    (tmp_path / "file").write_text("")
    access = Access(Settings(data_dir=str(tmp_path / "file")), Clock())
    access.start()

    assert access.availability.reason == "DATA_DIR cannot be written"
    assert not access.is_there
    assert "serving without alert rules" in caplog.text
