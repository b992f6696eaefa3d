"""One making per key: over all threads of a worker, and over all workers that share a Redis."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitedTooLong
from dataclasses import dataclass, replace
from typing import Any

from engine.cache.host_times import lain, made_at
from engine.errors import AllProvidersFailed, ApiError
from engine.store import Store, fits
from engine.store.leases import Leases
from providers import Unavailable

LOOK_AGAIN = 0.02
"""Seconds between two looks at what another worker is making."""
FAILURE_REMEMBERED = 5.0
"""Seconds in which a failure is not tried again: an outage is no storm."""
FAILURE_KEPT = 86_400.0


@dataclass(frozen=True, slots=True)
class Failed:
    """A making that failed at `time` (Unix seconds)."""

    time: float
    error: ApiError

    @property
    def is_sound(self) -> bool:
        """Whether its error can be told."""
        error = self.error
        return (
            fits(error.message, str)
            and fits(error.details, Mapping[str, object] | None)
            and fits(error.retry_after, int | None)
            and fits((error.code, error.status), tuple[str, int])
        )

    def recent(self, now: float) -> bool:
        """Whether it is too early to try again."""
        return now - self.time < FAILURE_REMEMBERED


TOO_SLOW = AllProvidersFailed.of({"engine": Unavailable(reason="Timeout")})
"""What those are told who waited for somebody else's making in vain."""

Made = Mapping[str, Any]
Make = Callable[[list[str]], Made]
Landed = Callable[[str], Any]


class Flights:
    """Makes values by key. Whoever wants what is being made already waits for it."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._here: dict[str, Future[Any]] = {}
        self._leases = Leases(store)

    def failure(self, key: str) -> Failed | None:
        """How the last making of `key` failed, `None` where it did not."""
        found = self._store.found(f"failed:{key}", Failed)
        if found is None:
            return None
        time = made_at(found.value.time, self._clock(), lain(found, FAILURE_KEPT))
        return found.value if time == found.value.time else replace(found.value, time=time)

    def remember(self, keys: Iterable[str], error: ApiError) -> None:
        """That making `keys` failed just now, until it succeeds."""
        for key in keys:
            self._store.set(f"failed:{key}", Failed(self._clock(), error.copy()), FAILURE_KEPT)

    def fly(self, keys: Iterable[str], make: Make, landed: Landed, deadline: float) -> dict[str, Any]:
        """The value of each key that could be made, within `deadline` seconds.

        `make` makes some of them and stores them; `landed` looks whether another worker has stored one.
        Raises the `ApiError` of a making that failed, where nothing else came of it.
        """
        end = time.monotonic() + deadline
        mine, theirs = self._board(keys)
        made: dict[str, Any] = {}
        failed: ApiError | None = None
        try:
            made.update(self._make(mine, make, landed, end))
        except ApiError as error:
            failed = error
        finally:
            self._land(mine, made, failed)
        for key, flight in theirs.items():
            try:
                if (value := flight.result(max(0.0, end - time.monotonic()))) is not None:
                    made[key] = value
            except ApiError as error:
                failed = error.copy()
            except WaitedTooLong:
                failed = TOO_SLOW.copy()
        if failed and not made:
            raise failed
        return made

    def _board(self, keys: Iterable[str]) -> tuple[list[str], dict[str, Future[Any]]]:
        """Which keys nobody here is making yet, and the flights of those that somebody is."""
        with self._lock:
            theirs = {key: self._here[key] for key in keys if key in self._here}
            mine = [key for key in keys if key not in theirs]
            self._here.update({key: Future() for key in mine})
        return mine, theirs

    def _land(self, keys: Iterable[str], made: Made, failed: ApiError | None) -> None:
        with self._lock:
            flights = {key: self._here.pop(key) for key in keys}
        for key, flight in flights.items():
            if failed and key not in made:
                flight.set_exception(failed)
            else:
                flight.set_result(made.get(key))

    def _make(self, keys: list[str], make: Make, landed: Landed, end: float) -> dict[str, Any]:
        """Make what no other worker is making or has just made; wait for the rest.

        Where the lease of another worker runs out, this one takes over.
        """
        made: dict[str, Any] = {}
        failed: ApiError | None = None
        left = keys
        while True:
            left, failed = self._look(left, landed, made, failed)
            leased = self._leases.take(left)
            try:
                ours, failed = self._look(leased, landed, made, failed)  # it may have landed just before
                if ours:
                    made.update(self._try(ours, make))
            except ApiError as error:
                failed = error
            finally:
                self._leases.give_back(leased)
            left = [key for key in left if key not in leased]
            if left and time.monotonic() > end:
                left, failed = [], TOO_SLOW.copy()
            if not left:
                break
            time.sleep(LOOK_AGAIN)
        if failed and not made:
            raise failed
        return made

    def _look(
        self, keys: Iterable[str], landed: Landed, made: dict[str, Any], failed: ApiError | None
    ) -> tuple[list[str], ApiError | None]:
        """Which of `keys` nobody has made yet; what somebody has goes into `made`."""
        left = []
        for key in keys:
            if (value := landed(key)) is not None:
                made[key] = value
            elif (failure := self.failure(key)) and failure.recent(self._clock()):
                failed = failure.error.copy()
            else:
                left.append(key)
        return left, failed

    def _try(self, keys: list[str], make: Make) -> Made:
        try:
            made = make(keys)
        except ApiError as error:
            self.remember(keys, error)
            raise
        for key in keys:
            self._store.delete(f"failed:{key}")
        return made
