"""Decide what to do for a key: a pure function of what is kept, what the request needs and the clock.

The actions are those of HTTP caches (RFC 9111, RFC 5861). A fresh value is served. A stale one is served
while one refresh runs (stale while revalidate). Anything else is fetched first, and a stale value stands in
where the fetch fails (stale if error).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from math import inf, nextafter

from engine.cache.entries import Entry
from engine.errors import ApiError
from engine.store import fits

FAILURE_REMEMBERED = 5.0
"""Seconds after a failure in which a key is not fetched again."""
OUTAGE = 60.0
"""Seconds after a failure in which a stale value is served at once while one refresh runs."""


class Action(Enum):
    """What to do for a key."""

    SERVE = "serve this"
    REFRESH_BEHIND = "serve this and refresh behind"
    FETCH = "fetch before answering"
    FAIL = "fail with this"


@dataclass(frozen=True, slots=True)
class Failed:
    """A fetch that failed at `time` (Unix seconds)."""

    time: float
    error: ApiError

    @property
    def is_sound(self) -> bool:
        """Whether its error can be sent to clients."""
        error = self.error
        return (
            fits(error.message, str)
            and fits(error.details, Mapping[str, object] | None)
            and fits(error.retry_after, int | None)
            and fits((error.code, error.status), tuple[str, int])
        )

    def recent(self, now: float) -> bool:
        """Return whether it is too early to try again."""
        return now - self.time < FAILURE_REMEMBERED


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept for a key, and what a request needs of it.

    An entry made before `not_before` (Unix seconds) does not serve the request. With `must_refresh` a stale
    entry is not served at once, for the client cannot be told that it is stale.
    """

    entry: Entry | None = None
    failure: Failed | None = None
    not_before: float = 0.0
    must_refresh: bool = False

    def refused(self) -> "Kept":
        """Return the same for a request that the entry does not serve, however fresh it is."""
        return self if self.entry is None else self.since(nextafter(self.entry.made, inf))

    def since(self, time: float) -> "Kept":
        """Return the same for a request that needs an entry made at `time` (Unix seconds) or later."""
        entry = self.entry if self.entry is not None and self.entry.made >= time else None
        return replace(self, entry=entry, not_before=time)


@dataclass(frozen=True, slots=True)
class Decision:
    """An action, the entry to serve (of `FETCH`: where the fetch fails), and the error beside it."""

    action: Action
    entry: Entry | None = None
    error: ApiError | None = None


def decide(kept: Kept, now: float) -> Decision:
    """Decide for one key at `now` (Unix seconds)."""
    entry, failure = kept.entry, kept.failure
    if entry is not None and not entry.due(now):
        return Decision(Action.SERVE, entry)
    if failure is not None and failure.recent(now):
        error = failure.error.copy()
        return Decision(Action.FAIL if entry is None else Action.SERVE, entry, error)
    if entry is None:
        return Decision(Action.FETCH)
    in_outage = failure is not None and now - failure.time < OUTAGE
    if in_outage or (entry.age(now) < 2 * entry.lifetime and not kept.must_refresh):
        return Decision(Action.REFRESH_BEHIND, entry)
    return Decision(Action.FETCH, entry)


def arrived(entry: Entry, not_before: float, since: float, now: float) -> bool:
    """Return whether another caller's entry serves a request that began at `since` (Unix seconds)."""
    return entry.made >= not_before and (not entry.due(now) or entry.made >= since)
