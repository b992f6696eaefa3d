"""The circuit breaker of one provider: open while the provider fails, limits our calls or blocks our region.

pybreaker counts consecutive failures. This module adds what it lacks: a failure rate over a window,
`Retry-After`, region blocks, one trial across all workers, and a clock that tests can move.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from engine.store import Store
from engine.telemetry.event_log import CircuitClosed, CircuitOpened
from engine.telemetry.events import Publish, discard
from engine.timestamps import AHEAD
from engine.upstream._breakers import pybreaker
from engine.upstream._open_state import SET_BACK, OpenState, OwnState
from providers import BadMarket, Blocked, RateLimited, Unavailable, Unsupported

T = TypeVar("T")

FAILURES_TO_OPEN = 5
WINDOW = 20
FAILURES_IN_WINDOW = 10
SECONDS_OPEN = 30.0
SECONDS_BLOCKED = 3600.0
SECONDS_LIMITED = 60.0
"""Seconds to stay open after a rate limit without `Retry-After`."""
LONGEST_REST = 86_400.0
TRIAL_SECONDS = 30
"""Seconds after which another worker may repeat a trial whose worker died."""
NEVER = 10**9


class _Failure(Exception):
    """The one kind of failure that pybreaker sees."""


class Circuit:
    """The circuit breaker of one provider, with an open state that all workers share."""

    def __init__(
        self, name: str, store: Store, clock: Callable[[], float], publish: Publish = discard
    ) -> None:
        self._name = name
        self._publish = publish
        self.key = f"circuit:{name}"
        self._store = store
        self._clock = clock
        self._own = OwnState(clock)
        self._lock = threading.Lock()
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._timeouts = 0
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=FAILURES_TO_OPEN,
            reset_timeout=NEVER,
            throw_new_error_on_trip=False,
        )

    @property
    def open_state(self) -> OpenState | None:
        """The open state, `None` while the circuit is closed. What Redis lacks of it is written again."""
        known = self._known()
        own = self._own.beyond(known)
        if own is None:
            return known
        self._store.set(self.key, own, own.until - self._clock() + LONGEST_REST)
        return own

    def _known(self) -> OpenState | None:
        """Return the open state as all workers know it, or while Redis is away as this one does."""
        found = self._store.find(self.key, OpenState)
        if found is None or found.left is None:
            return None if found is None else found.value
        margin = AHEAD if found.age is None else SET_BACK
        return found.value.within(self._clock() + found.left - LONGEST_REST + margin)

    @property
    def last_known(self) -> OpenState | None:
        """The same, from what this worker knows already."""
        opened: OpenState | None = self._store.local_copy(self.key)
        return self._own.beyond(opened) or opened

    @property
    def trial_is_due(self) -> bool:
        """Whether the circuit is open and may be tried again."""
        opened = self.open_state
        return opened is not None and self._clock() >= opened.until

    def call(self, ask: Callable[[], T], before: Callable[[], None] = lambda: None) -> T:
        """Return what `ask` returns. Raises the open state's error, unless this call is the one trial.

        `before` runs once the call is certain to be made; its errors do not count as failures of the
        provider.
        """
        opened = self.open_state
        if opened is None:
            if self._breaker.current_state != pybreaker.STATE_CLOSED:
                self._breaker.close()
            before()
            return self._guarded(ask)
        trial = f"{self.key}:trial"
        if self._clock() < opened.until or not self._store.add(trial, True, TRIAL_SECONDS):
            raise opened.error(self._clock())
        try:
            before()
            self._breaker.half_open()
            return self._guarded(ask)
        finally:
            self._store.delete(trial)

    def timed_out(self) -> bool:
        """Record that a caller stopped waiting, and return whether the circuit opens.

        The call itself would fail only much later. As many time-outs as consecutive failures open the
        circuit.
        """
        with self._lock:
            self._timeouts += 1
            enough = self._timeouts >= FAILURES_TO_OPEN
        if enough and self.open_state is None:
            self._breaker.open()
            self._failed(Unavailable(reason="Timeout"))
        return enough

    def _guarded(self, ask: Callable[[], T]) -> T:
        if self._breaker.current_state == pybreaker.STATE_OPEN:
            raise Unavailable(reason="Circuit open")
        try:
            answer = ask()
        except BadMarket:
            raise  # counts neither way: one bad market says nothing about its venue
        except Unsupported:
            self._succeeded()
            raise
        except Exception as error:
            self._failed(error)
            raise
        self._succeeded()
        return answer

    def _succeeded(self) -> None:
        with suppress(pybreaker.CircuitBreakerError), self._breaker.calling():
            pass
        with self._lock:
            self._timeouts = 0
            self._recent.append(True)
        if self.trial_is_due:
            self._store.delete(self.key)
            self._publish(CircuitClosed(self._clock(), self._name))

    def _failed(self, error: Exception) -> None:
        with suppress(pybreaker.CircuitBreakerError, _Failure), self._breaker.calling():
            raise _Failure
        with self._lock:
            self._recent.append(False)
            if len(self._recent) == WINDOW and self._recent.count(False) >= FAILURES_IN_WINDOW:
                self._recent.clear()
                self._breaker.open()
        if rest := self._rest(error):
            reason = error.reason if isinstance(error, Blocked | RateLimited) else "Circuit open"
            now = self._clock()
            before, opened = self.open_state, OpenState(now + rest, reason)
            if before is not None and before.until > opened.until:
                return  # a call of before may fail late, and for a shorter time
            if not self._store.is_local_only:
                self._own.set(opened, rest)
            self._store.set(self.key, opened, rest + LONGEST_REST)
            if before is None:
                self._publish(CircuitOpened(now, self._name, until=opened.until, reason=reason))

    def _rest(self, error: Exception) -> float:
        """Return how many seconds the circuit stays open after `error`; 0 if it stays closed."""
        asked = min((error.retry_after if isinstance(error, Unavailable) else None) or 0.0, LONGEST_REST)
        if isinstance(error, Blocked):
            return SECONDS_BLOCKED
        if isinstance(error, RateLimited):
            asked = asked or SECONDS_LIMITED
        opened = self._breaker.current_state == pybreaker.STATE_OPEN
        return max(asked, SECONDS_OPEN if opened else 0.0)
