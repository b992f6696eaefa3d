"""Whether a provider may be asked: not while it fails, wants to be left alone, or refuses our region.

pybreaker counts the failures in a row; what it does not see is added here: a windowed rate, `Retry-After`,
region blocks, a trial that is one over all workers, and all of it on a clock that tests can move.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import pybreaker

from engine.store import Store
from engine.telemetry.event_log import CircuitClosed, CircuitOpened
from engine.telemetry.events import Publish, discard
from engine.timestamps import AHEAD, can_be
from providers import BadMarket, Blocked, RateLimited, Unavailable, Unsupported

T = TypeVar("T")

FAILURES_TO_OPEN = 5
WINDOW = 20
FAILURES_IN_WINDOW = 10
SECONDS_OPEN = 30.0
SECONDS_BLOCKED = 3600.0
SECONDS_LIMITED = 60.0
"""Rest after a rate limit, where the provider does not say how long."""
LONGEST_REST = 86_400.0
TRIAL_SECONDS = 30
"""After this a trial whose worker died may be repeated."""
NEVER = 10**9


class _Failure(Exception):
    """What the breaker is told of, whatever failed."""


@dataclass(frozen=True, slots=True)
class OpenState:
    """Nobody is let through before `until` (Unix seconds); afterwards one trial is."""

    until: float
    reason: str

    @property
    def is_sound(self) -> bool:
        """Whether its time can be told."""
        return can_be(self.until)

    def within(self, time: float) -> "OpenState":
        """The same until `time` at most: how long it is kept says more than another host's clock."""
        return OpenState(min(self.until, time), self.reason)

    def error(self, now: float) -> Unavailable:
        """What a call meets at the shut door."""
        kinds: dict[str, type[Unavailable]] = {Blocked.reason: Blocked, RateLimited.reason: RateLimited}
        kind = kinds.get(self.reason, Unavailable)
        return kind(reason=self.reason, retry_after=max(1.0, self.until - now))


class Circuit:
    """The door of one provider. That it is shut is known to all workers."""

    def __init__(
        self, name: str, store: Store, clock: Callable[[], float], publish: Publish = discard
    ) -> None:
        self._name = name
        self._publish = publish
        self.key = f"circuit:{name}"
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._silences = 0
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=FAILURES_TO_OPEN,
            reset_timeout=NEVER,
            throw_new_error_on_trip=False,
        )

    @property
    def open_state(self) -> OpenState | None:
        """Why it is shut, `None` while it is open to all."""
        found = self._store.found(self.key, OpenState)
        if found is None or found.left is None:
            return None if found is None else found.value
        return found.value.within(self._clock() + found.left - LONGEST_REST + AHEAD)

    @property
    def last_known(self) -> OpenState | None:
        """The same, as far as this worker knows already."""
        opened: OpenState | None = self._store.local_copy(self.key)
        return opened

    @property
    def trial_is_due(self) -> bool:
        """Whether it is shut and may be tried again."""
        opened = self.open_state
        return opened is not None and self._clock() >= opened.until

    def call(self, ask: Callable[[], T], before: Callable[[], None] = lambda: None) -> T:
        """What `ask` returns. Raises why it is shut, unless this call is the one trial.

        `before` is done once it is clear that somebody will be asked; that it fails is no failure of theirs.
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
        """Somebody stopped waiting for it; whether that shuts it, like as many failures in a row.

        The failure itself would be known only much later.
        """
        with self._lock:
            self._silences += 1
            enough = self._silences >= FAILURES_TO_OPEN
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
            raise  # counts neither way: what is wrong with one market says nothing about its venue
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
            self._silences = 0
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
            again = self.open_state is not None
            self._store.set(self.key, OpenState(now + rest, reason), rest + LONGEST_REST)
            if not again:
                self._publish(CircuitOpened(now, self._name, until=now + rest, reason=reason))

    def _rest(self, error: Exception) -> float:
        """Seconds to leave it alone after `error`; 0 where it may be asked again at once."""
        asked = min((error.retry_after if isinstance(error, Unavailable) else None) or 0.0, LONGEST_REST)
        if isinstance(error, Blocked):
            return SECONDS_BLOCKED
        if isinstance(error, RateLimited):
            asked = asked or SECONDS_LIMITED
        opened = self._breaker.current_state == pybreaker.STATE_OPEN
        return max(asked, SECONDS_OPEN if opened else 0.0)
