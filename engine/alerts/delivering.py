"""Deliver due entries of the outbox: at least once, under one id, at most four at a time to a receiver."""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor

from engine.alerts import signing
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import Attempt, Delivery
from engine.alerts.retries import next_attempt
from engine.alerts.sending import Outcome, Sending
from engine.concurrency.background import report
from engine.telemetry.metrics import AlertCounts
from engine.telemetry.request_id import with_new_id

AT_ONCE = 4
"""Attempts at a time to one receiver."""
CLAIMED_EACH, CLAIMED = 100, 1000
"""The most deliveries in memory, of one receiver and of all."""
FETCHED = 200
LONGEST_OUTCOME = 80
GONE = "its target answered 410"
UNEXPECTED = "Internal error"
Ended = tuple[Delivery, Attempt, str | None]

log = logging.getLogger(__name__)


class Lane:
    """The deliveries to one receiver: those that wait, and the number of running attempts."""

    def __init__(self) -> None:
        self.waiting: deque[Delivery] = deque()
        self.busy = 0

    @property
    def count(self) -> int:
        """How many deliveries are in memory."""
        return len(self.waiting) + self.busy


class Delivering:
    """Fetches what is due, and sends it in `pool`. Calls `wake` when there are outcomes to store.

    One thread calls `keep` and `fetch`.
    """

    def __init__(
        self, access: Access, sending: Sending, pool: Executor, counts: AlertCounts, wake: Callable[[], None]
    ) -> None:
        self._access = access
        self._sending = sending
        self._pool = pool
        self._counts = counts
        self._wake = wake
        self._lanes: dict[str, Lane] = {}
        self._claimed: set[int] = set()
        self._full: set[str] = set()
        """Receivers with more due deliveries than fit into memory."""
        self._ended: deque[Ended] = deque()

    @property
    def idle(self) -> bool:
        """Whether no delivery is in memory."""
        return not self._claimed

    def keep(self) -> bool:
        """Store the outcomes of attempts. Return whether a full receiver has room again.

        Raises an `ArchiveError`, after which the next call stores them.
        """
        ended = [*self._ended]
        if not ended:
            return False
        self._access.change(lambda storage: storage.record(ended))
        for delivery, _, _ in ended:
            self._ended.popleft()
            self._claimed.discard(delivery.number)
        self._lanes = {target: lane for target, lane in self._lanes.items() if lane.count}
        return any(2 * self._count(target) < CLAIMED_EACH for target in self._full)

    def fetch(self) -> bool:
        """Start due deliveries. Return whether more may be due. Raises an `ArchiveError`."""
        if len(self._claimed) >= CLAIMED:
            return False
        now, claimed = self._access.clock(), [*self._claimed]
        self._full = {target for target, lane in self._lanes.items() if lane.count >= CLAIMED_EACH}
        full = [*self._full]
        found = self._access.run(lambda storage: storage.due(now, FETCHED, claimed, full))
        for delivery in found:
            lane = self._lanes.setdefault(delivery.target, Lane())
            if lane.count >= CLAIMED_EACH:
                self._full.add(delivery.target)
                continue
            self._claimed.add(delivery.number)
            lane.waiting.append(delivery)
            self._begin(lane)
        return len(found) == FETCHED

    def _count(self, target: str) -> int:
        lane = self._lanes.get(target)
        return 0 if lane is None else lane.count

    def _begin(self, lane: Lane) -> None:
        if lane.busy < AT_ONCE and lane.waiting:
            lane.busy += 1
            self._pool.submit(with_new_id("alerts", self._work, lane)).add_done_callback(report)

    def _work(self, lane: Lane) -> None:
        """Send the waiting deliveries of a lane, one after the other."""
        try:
            while True:
                try:
                    delivery = lane.waiting.popleft()
                except IndexError:
                    return
                self._try(delivery)
        finally:
            lane.busy -= 1
            self._begin(lane)  # go on with the rest if an attempt raised

    def _try(self, delivery: Delivery) -> None:
        try:
            self._ended.append(self._attempt(delivery))
        except Exception:  # without an outcome it would be due again at once, in a loop
            self._ended.append(self._ended_by(delivery, Outcome(delivered=False, reason=UNEXPECTED)))
            raise
        except BaseException:
            self._claimed.discard(delivery.number)  # `fetch` finds it again
            raise
        finally:
            self._wake()

    def _attempt(self, it: Delivery) -> Ended:
        begun = self._access.clock()
        headers = signing.headers(it.message, int(begun), it.body, it.secrets)
        outcome = self._sending.send(it.notify, it.body, headers, key_name=it.owner)
        return self._ended_by(it, outcome)

    def _ended_by(self, it: Delivery, outcome: Outcome) -> Ended:
        attempt = _attempt_of(it, outcome, self._access.clock())
        self._counts.attempted(_counted(attempt, outcome))
        level = logging.INFO if outcome.delivered or attempt.due else logging.WARNING
        log.log(level, "alert %s, attempt %d: %s", it.message, attempt.number, attempt.outcome)
        return it, attempt, GONE if outcome.gone else None


def _attempt_of(it: Delivery, outcome: Outcome, now: float) -> Attempt:
    number = it.attempts + 1
    over = outcome.delivered or outcome.gone
    due = None if over else next_attempt(number, now, outcome.retry_after)
    text = "delivered" if outcome.delivered else "gone" if outcome.gone else "failed"
    if due is not None:
        text = outcome.reason[:LONGEST_OUTCOME]
    return Attempt(it.message, number, now, outcome.status, text, due)


def _counted(attempt: Attempt, outcome: Outcome) -> str:
    return "retried" if attempt.due is not None else attempt.outcome
