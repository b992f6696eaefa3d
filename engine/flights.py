"""One making per key: over all threads of a worker, and over all workers that share a Redis."""

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitedTooLong
from dataclasses import dataclass
from typing import Any

from engine.errors import AllProvidersFailed, ApiError
from engine.store import Store
from providers import Unavailable

LEASE = 2.0
"""Seconds after which another worker takes over from one that died."""
RENEWED = 0.5
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

    def recent(self, now: float) -> bool:
        """Whether it is too early to try again."""
        return now - self.time < FAILURE_REMEMBERED


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
        failed: Failed | None = self._store.get(f"failed:{key}")
        return failed

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
                failed = error
            except WaitedTooLong:
                failed = AllProvidersFailed.of({"engine": Unavailable(reason="Timeout")})
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
                left, failed = [], AllProvidersFailed.of({"engine": Unavailable(reason="Timeout")})
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
                failed = failure.error
            else:
                left.append(key)
        return left, failed

    def _try(self, keys: list[str], make: Make) -> Made:
        try:
            made = make(keys)
        except ApiError as error:
            for key in keys:
                self._store.set(f"failed:{key}", Failed(self._clock(), error), FAILURE_KEPT)
            raise
        for key in keys:
            self._store.delete(f"failed:{key}")
        return made


class Leases:
    """Keys that this worker is making, marked for the others, and renewed as long as it does."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owner = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._renewing = False

    def take(self, keys: Iterable[str]) -> list[str]:
        """Those of `keys` that no other worker holds; they are held from now on."""
        if not self._store.is_shared:
            return list(keys)
        taken = [key for key in keys if self._store.add(f"flight:{key}", self._owner, LEASE)]
        with self._lock:
            self._held.update(taken)
            if taken and not self._renewing:
                self._renewing = True
                threading.Thread(target=self._renew, name="leases", daemon=True).start()
        return taken

    def give_back(self, keys: Iterable[str]) -> None:
        """Hold them no longer."""
        with self._lock:
            held = self._held & set(keys)
            self._held -= held
        for key in held:
            if self._store.get(f"flight:{key}") == self._owner:
                self._store.delete(f"flight:{key}")

    def _renew(self) -> None:
        while True:
            time.sleep(RENEWED)
            with self._lock:
                if not self._held:
                    self._renewing = False
                    return
                held = list(self._held)
            for key in held:
                self._store.set(f"flight:{key}", self._owner, LEASE)
