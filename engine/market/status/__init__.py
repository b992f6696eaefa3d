"""The state of all providers, shared by all workers, read from Redis with a short timeout."""

import logging
from collections.abc import Sequence

from limits.errors import StorageError
from limits.storage import Storage

from engine.market.status import rows
from engine.market.status.incidents import Alert, alerts
from engine.market.status.values import ProviderStatus, RemainingBudget
from engine.store import Store
from engine.store.copy_refresh import CopyRefresh, refresh_copies
from engine.store.counts import get_counts
from engine.telemetry.event_log import Events
from engine.upstream import Upstream
from engine.upstream.host_clock import HostClock
from providers import Provider

log = logging.getLogger(__name__)

Upstreams = Sequence[Upstream[Provider]]


class Status:
    """Reports the state of `upstreams`, of which some are `used`. Callers do not wait for a slow Redis."""

    def __init__(
        self,
        upstreams: Upstreams,
        used: Upstreams,
        store: Store,
        counts: Storage,
        events: Events,
        clock: HostClock,
    ) -> None:
        self._upstreams = upstreams
        self._used = used
        self._store = store
        self._counts = counts
        self._events = events
        self._clock = clock
        self._states = CopyRefresh(store, self._update_states)
        self._budgets = CopyRefresh(store, self._update_budgets)

    def look(self) -> None:
        """Update the states of the providers from Redis."""
        refresh_copies(self._states)

    def look_at_budgets(self) -> None:
        """Update the states and the budgets of the providers from Redis."""
        if self._store.is_local_only:
            self._update_budgets()
        elif self._store.is_degraded:
            refresh_copies(self._states)
        else:
            refresh_copies(self._states, self._budgets)

    def states(self) -> dict[str, str]:
        """Return the last known state of each provider in one word."""
        return {upstream.name: rows.state(upstream, upstream in self._used) for upstream in self._upstreams}

    def providers(self) -> tuple[ProviderStatus, ...]:
        """Return the state of each provider, in the default order."""
        self.look()
        now = self._clock()
        return tuple(
            rows.provider_status(upstream, priority, upstream in self._used, now)
            for priority, upstream in enumerate(self._upstreams, start=1)
        )

    def budgets(self) -> tuple[RemainingBudget, ...]:
        """Return the remaining budget of each enabled provider."""
        self.look_at_budgets()
        return tuple(rows.remaining_budget(upstream) for upstream in self._upstreams if upstream.enabled)

    def alerts(self) -> list[Alert]:
        """Return the current alerts."""
        refresh_copies(self._states, self._events.copies)
        used = [upstream for upstream in self._upstreams if upstream.enabled and upstream in self._used]
        return alerts(used, self._events.known(), self._store.outage_seconds, self._clock())

    def _update_states(self) -> None:
        kinds = {key: kind for upstream in self._upstreams for key, kind in upstream.kinds.items()}
        self._store.update_copies(kinds, drop_missing="circuit:")

    def _update_budgets(self) -> None:
        budgets = [upstream.budget for upstream in self._upstreams if upstream.enabled]
        keys = [budget.key for budget in budgets]
        try:
            counts = get_counts(self._counts, keys)
        except StorageError as error:
            log.info("budgets cannot be read: %s", type(error.storage_error).__name__)
            return
        for budget, key, count in zip(budgets, keys, counts, strict=True):
            budget.remember(key, count)
