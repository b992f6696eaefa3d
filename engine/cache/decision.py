"""Decide what to do for a key: a pure function of the cached state, the need of the request and the clock.

The actions are those of HTTP caches (RFC 9111, RFC 5861). A fresh value is served. A stale one is served
while one refresh runs (stale while revalidate). Anything else is fetched first; if the fetch fails, a stale
value is served (stale if error).
"""

from collections.abc import Mapping
from enum import Enum
from math import inf, nextafter

import msgspec
from msgspec.structs import replace

from engine.cache.entries import Entry
from engine.errors import AllProvidersFailed, ApiError, InsufficientData

FAILURE_REMEMBERED = 5.0
"""Seconds after a failure in which a key is not fetched again."""
OUTAGE = 60.0
"""Seconds after a failure in which a stale value is served at once while one refresh runs."""


ERRORS: Mapping[str, type[ApiError]] = {kind.code: kind for kind in (AllProvidersFailed, InsufficientData)}
"""The errors that use cases handle differently from others, by their codes."""


class Action(Enum):
    """What to do for a key."""

    SERVE = "serve this"
    REFRESH_BEHIND = "serve this and refresh behind"
    FETCH = "fetch before answering"
    FAIL = "fail with this"


class Failed(msgspec.Struct, frozen=True):
    """A fetch that failed at `time` (Unix seconds), with the content of its error."""

    time: float
    message: str
    details: Mapping[str, object] | None
    code: str
    status: int
    retry_after: int | None

    @classmethod
    def of(cls, time: float, error: ApiError) -> "Failed":
        """Return the record of a fetch that failed with `error`."""
        return cls(time, error.message, error.details, error.code, error.status, error.retry_after)

    @property
    def error(self) -> ApiError:
        """A new error for each caller: an error that is raised repeatedly keeps the frames of every raise."""
        kind = ERRORS.get(self.code, ApiError)
        return kind(
            self.message, self.details, code=self.code, status=self.status, retry_after=self.retry_after
        )

    @property
    def is_sound(self) -> bool:
        """Whether its details can be sent to clients: they are texts, numbers, or lists of those."""
        return all(_is_plain(one) for one in (self.details or {}).values())

    def recent(self, now: float) -> bool:
        """Return whether it is too early for another fetch."""
        return now - self.time < FAILURE_REMEMBERED


class CachedState(msgspec.Struct, frozen=True):
    """The cached state of a key, and the need of a request.

    An entry from before `not_before` (Unix seconds) does not serve the request. With `must_refresh` a stale
    entry is served only after a failed refresh, because the client's format cannot mark it as stale.
    """

    entry: Entry | None = None
    failure: Failed | None = None
    not_before: float = 0.0
    must_refresh: bool = False

    def refused(self, now: float) -> "CachedState":
        """Return the state for a request at `now` (Unix seconds) that this entry does not serve.

        Another caller's entry serves if it was made meanwhile. Comparing `made` alone is not enough: if
        another host's clock is ahead, `made` is estimated anew at each read.
        """
        return self if self.entry is None else self.since(max(now, nextafter(self.entry.made, inf)))

    def since(self, time: float) -> "CachedState":
        """Return the state for a request that needs an entry from `time` (Unix seconds) or later."""
        entry = self.entry if self.entry is not None and self.entry.made >= time else None
        return replace(self, entry=entry, not_before=time)


class Decision(msgspec.Struct, frozen=True):
    """An action, the entry to serve (for `FETCH`: if the fetch fails), and the error of the last fetch."""

    action: Action
    entry: Entry | None = None
    error: ApiError | None = None


def decide(state: CachedState, now: float) -> Decision:
    """Return the decision for one key at `now` (Unix seconds)."""
    entry, failure = state.entry, state.failure
    if entry is not None and not entry.due(now):
        return Decision(Action.SERVE, entry)
    if failure is not None and failure.recent(now):
        error = failure.error
        return Decision(Action.FAIL if entry is None else Action.SERVE, entry, error)
    if entry is None:
        return Decision(Action.FETCH)
    in_outage = failure is not None and now - failure.time < OUTAGE
    if in_outage or (entry.age(now) < 2 * entry.lifetime and not state.must_refresh):
        return Decision(Action.REFRESH_BEHIND, entry)
    return Decision(Action.FETCH, entry)


def arrived(entry: Entry, not_before: float, since: float, now: float) -> bool:
    """Return whether another caller's entry serves a request that began at `since` (Unix seconds)."""
    return entry.made >= not_before and (not entry.due(now) or entry.made >= since)


def _is_plain(detail: object) -> bool:
    if isinstance(detail, list | tuple):
        return all(isinstance(one, str | int | float) for one in detail)
    return detail is None or isinstance(detail, str | int | float)
