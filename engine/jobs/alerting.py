"""Evaluate alert rules and deliver alerts, in one of the processes that share the database."""

import logging
import time
from collections.abc import Callable

from engine.alerts.delivering import Delivering
from engine.alerts.evaluating import Evaluating
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import KEPT
from engine.history.errors import ArchiveError, NotTheWriter
from engine.jobs.loop import Loop
from engine.telemetry.metrics import AlertCounts

JOB = "alerting"
LOOK = 1.0
"""Seconds between two checks of the clock, the lease and the rules."""
PAUSE = 0.01
"""Seconds between two turns, so that one turn evaluates many messages."""
IDLE_LOOK = 5.0
"""Seconds between two checks while there has never been a rule."""
COUNTING = 5.0
"""Seconds between two counts of pending deliveries."""
FORGETTING = 3600.0
"""Seconds between two deletions of old deliveries."""

log = logging.getLogger(__name__)


class Alerting:
    """Runs evaluation and delivery while this process holds the lease of the evaluator."""

    def __init__(
        self,
        access: Access,
        build: Callable[[Callable[[], None]], tuple[Evaluating, Delivering]],
        counts: AlertCounts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._access = access
        self._counts = counts
        self._clock = clock
        self._loop = Loop(
            JOB, self.tick, log, "alert rules failed unexpectedly", seconds=PAUSE, pause=self.pause
        )
        self._evaluating, self._delivering = build(self._loop.wake)
        self._next = self._counting = self._forgetting = float("-inf")
        self._leads = False
        self._may_be_due = True

    @property
    def leads(self) -> bool:
        """Whether this process evaluates."""
        return self._leads

    def start(self) -> None:
        """Start the thread of the job, if alert rules are available."""
        self._access.start()
        if self._access.availability.usable:
            self._loop.start()

    def stop(self) -> None:
        """Stop, store the outcomes of attempts, and let another process take over at once."""
        self._loop.stop()
        try:
            if self._leads:
                self._delivering.keep()
                self._access.run(lambda storage: storage.release())  # without waiting for other writers
        except ArchiveError as error:
            log.info("outcomes of alerts not stored, or their lease not released, at shutdown: %s", error)
        self._access.stop()

    def look(self) -> None:
        """Check for changed rules and new deliveries at once."""
        self._next = float("-inf")
        self._loop.wake()

    def pause(self) -> float | None:
        """Return the seconds until the next tick, `None` without keys, since only keys have rules."""
        if not self._access.has_keys:
            return None
        return LOOK if self._leads else min(max(LOOK, self._next - self._clock()), IDLE_LOOK)

    def tick(self) -> None:
        """Evaluate the queued messages, store what has changed, and deliver what is due."""
        if self._leads:
            self._evaluating.evaluate()  # even while the database does not answer
        is_due = self._access.availability.usable and self._clock() >= self._next
        if is_due:  # before the check, since `look` may request another one meanwhile
            self._next = self._clock() + (LOOK if self._leads else IDLE_LOOK)
        if not self._access.is_there:
            return
        try:
            if is_due:
                self._look_around()
            if self._leads:
                self._may_be_due |= self._evaluating.keep() > 0
            self._may_be_due |= self._delivering.keep()
            while self._leads and self._may_be_due:
                self._may_be_due = self._delivering.fetch()
        except NotTheWriter:
            self._follow()
        except ArchiveError as error:
            log.debug("alerts wait: %s", error)  # the availability logs each change once

    def _look_around(self) -> None:
        if not self._leads and not self._access.run(lambda storage: storage.has_any()):
            return
        self._next = min(self._next, self._clock() + LOOK)
        version = self._access.write(lambda storage: storage.hold())
        if not self._leads:
            self._leads = True
            log.info("this process evaluates the alert rules")
        self._evaluating.sync(version)
        self._evaluating.tick()
        self._may_be_due = True
        if self._clock() >= self._counting:
            self._counting = self._clock() + COUNTING
            self._count()
        if self._clock() >= self._forgetting:
            self._forgetting = self._clock() + FORGETTING
            before = self._access.clock() - KEPT
            self._access.write(lambda storage: storage.forget(before))

    def _count(self) -> None:
        waiting, oldest = self._access.run(lambda storage: storage.waiting())
        age = 0.0 if oldest is None else max(0.0, self._access.clock() - oldest)
        self._counts.hold(self._evaluating.rules, waiting, age)

    def _follow(self) -> None:
        """Leave the rules to the process that holds the lease."""
        if self._leads:
            log.info("another process evaluates the alert rules")
            self._leads = False
            self._evaluating.forget()
            self._counts.hold(0, 0, 0.0)
