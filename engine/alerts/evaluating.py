"""Evaluate the rules on each message, and store the results: in one process at a time."""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection

from engine.alerts.changes import by_rule, change_of
from engine.alerts.channel_message import ChannelMessage
from engine.alerts.dispatching import Dispatching
from engine.alerts.evaluation.active_rules import ActiveRules
from engine.alerts.evaluation.inputs import Loaded
from engine.alerts.evaluation.running import Running
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import MemoryChange
from engine.alerts.loading import Loading
from engine.alerts.subscribing import Subscribing
from engine.concurrency.yielding import cooperatively
from engine.telemetry.metrics import AlertCounts

AT_ONCE = 500
"""The most rules that are stored in one transaction, or loaded by one query."""

log = logging.getLogger(__name__)


class Evaluating:
    """The rules of this process while it has the lease. One thread calls all methods except `put`."""

    def __init__(
        self,
        access: Access,
        loading: Loading,
        counts: AlertCounts,
        wake: Callable[[], None],
        clock: Callable[[], int],
        owners: Callable[[], Collection[str]],
        stale_after: float,
    ) -> None:
        self._access = access
        self._loading = loading
        self._counts = counts
        self._wake = wake
        self._clock = clock
        self._owners = owners
        self._current_owners: Collection[str] = ()
        self._active_rules = ActiveRules(int(stale_after * 1000))
        self._inbox: deque[ChannelMessage] = deque()
        self._known: dict[str, int] = {}
        self._version: int | None = None
        self._subscribing: Subscribing
        self._dispatching: Dispatching

    def connect(self, subscribing: Subscribing) -> None:
        """Use `subscribing`, whose messages come to `put`."""
        self._subscribing = subscribing
        self._dispatching = Dispatching(
            self._active_rules, subscribing.confirm, self._clock, self._loading.references
        )

    @property
    def rules(self) -> int:
        """How many rules this process evaluates."""
        return len(self._active_rules.runs)

    def put(self, message: ChannelMessage) -> None:
        """Queue a message for the next `evaluate`."""
        self._inbox.append(message)
        self._wake()

    def sync(self, version: int) -> None:
        """Load the rules that changed up to a `version` of the storage. Raises an `ArchiveError`."""
        owners = self._owners()
        if version != self._version or owners != self._current_owners:
            found = self._access.run(lambda storage: storage.revisions())
            kept = {id_: revision for id_, (revision, owner) in found.items() if owner in owners}
            for id_ in [id_ for id_ in self._known if id_ not in kept]:
                self._active_rules.remove(id_)
                del self._known[id_]
            new = [id_ for id_, revision in kept.items() if self._known.get(id_) != revision]
            self._load(new)
            self._dispatching.retain(self._active_rules.feeds)
            runs = [self._active_rules.runs[id_] for id_ in new if id_ in self._active_rules.runs]
            self._dispatching.replay({operand.channel.name for run in runs for operand in run.figures})
            self._version, self._current_owners = version, owners
        self._subscribing.subscribe({name: feed.channel for name, feed in self._active_rules.feeds.items()})

    def forget(self) -> None:
        """Stop evaluating, since another process does."""
        for id_ in [*self._active_rules.runs]:
            self._active_rules.remove(id_)
        self._known, self._version = {}, None
        self._inbox.clear()
        self._dispatching.retain(())
        self._active_rules.firings.clear()
        self._subscribing.subscribe({})

    def evaluate(self) -> None:
        """Evaluate the queued messages."""
        first = self._inbox[0].received if self._inbox else None
        evaluations = self._active_rules.evaluations
        for _ in cooperatively(range(len(self._inbox))):
            self._dispatching.dispatch(self._inbox.popleft())
        if first is not None:
            self._counts.evaluated(self._active_rules.evaluations - evaluations, time.monotonic() - first)

    def tick(self) -> None:
        """Update what depends on the time, about once a second."""
        now = self._clock()
        self._subscribing.tick()
        self._active_rules.tick(now)
        for run in self._active_rules.expired(now / 1000):
            self._active_rules.changed[run.id] = run

    def keep(self) -> int:
        """Store what has changed. Return how many rules queued deliveries. Raises an `ArchiveError`."""
        kept = 0
        while self._active_rules.changed:
            firings = by_rule(self._active_rules.firings)
            runs = [*self._active_rules.changed.values()][:AT_ONCE]
            now = self._clock() / 1000
            changes = [change_of(run, firings.get(run.id, ()), now) for run in cooperatively(runs)]
            outcomes = self._access.change(lambda storage, changes=changes: storage.take(changes))  # type: ignore[misc]
            for run, change, is_kept in zip(runs, changes, outcomes, strict=True):
                self._kept(run, change, is_kept)
                kept += is_kept and bool(change.entries)
            self._drop_firings({run.id for run in runs})
        return kept

    def _kept(self, run: Running, change: MemoryChange, is_kept: bool) -> None:
        del self._active_rules.changed[run.id]
        run.changed = False
        if not is_kept:
            log.info("alert rule %s has changed meanwhile; loading it again", run.id)
            self._known[run.id] = 0
            self._version = None  # the next `sync` loads it again
            return
        run.sequence += 1
        if change.entries:
            self._counts.fired()
            log.info("alert rule %s: %d deliveries queued", run.id, len(change.entries))
        if change.ended is not None:
            self._active_rules.remove(run.id)
            self._known.pop(run.id, None)

    def _drop_firings(self, ids: set[str]) -> None:
        self._active_rules.firings = [
            firing for firing in self._active_rules.firings if firing.rule not in ids
        ]

    def _load(self, ids: list[str]) -> None:
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            unreadable: list[MemoryChange] = []
            for kept in cooperatively(self._access.run(lambda storage, part=part: storage.load(part))):  # type: ignore[misc]
                loaded = self._loading.load(kept)
                self._known[kept.id] = kept.revision
                if isinstance(loaded, Loaded):
                    self._active_rules.add(loaded)
                else:
                    self._active_rules.remove(kept.id)
                    unreadable.append(loaded)
            if unreadable:
                self._access.change(lambda storage, changes=unreadable: storage.take(changes))  # type: ignore[misc]
