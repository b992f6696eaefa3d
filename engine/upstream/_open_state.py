"""How long a circuit stays open, as all workers know it and as the worker knows that has opened it."""

from collections.abc import Callable

import msgspec

from engine.timestamps import can_be
from providers import Blocked, RateLimited, Unavailable

SET_BACK = 60.0
"""Seconds that a host's clock may be set back without an effect on its own open states."""


class OpenState(msgspec.Struct, frozen=True):
    """No call passes before `until` (Unix seconds); after it one trial does."""

    until: float
    reason: str

    @property
    def is_sound(self) -> bool:
        """Whether `until` is a possible time."""
        return can_be(self.until)

    def within(self, time: float) -> "OpenState":
        """Return the same state, open until `time` at the latest.

        The lifetime of the stored value bounds it, because another host's clock may be wrong.
        """
        return OpenState(min(self.until, time), self.reason)

    def error(self, now: float) -> Unavailable:
        """Return the error for a call that an open circuit refuses."""
        kinds: dict[str, type[Unavailable]] = {Blocked.reason: Blocked, RateLimited.reason: RateLimited}
        kind = kinds.get(self.reason, Unavailable)
        return kind(reason=self.reason, retry_after=max(1.0, self.until - now))


class OwnState:
    """The open state that this worker has set, which Redis may not have got, or may have lost.

    It holds until its time, before which no worker closes a circuit.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._state: OpenState | None = None
        self._rest = 0.0

    def set(self, state: OpenState, rest: float) -> None:
        """Remember a state that holds for `rest` seconds."""
        self._state, self._rest = state, rest

    def beyond(self, known: OpenState | None) -> OpenState | None:
        """Return the state while it holds, if the known one ends earlier."""
        state = self._state
        if state is None or (known is not None and known.until >= state.until):
            return None
        return state if 0 < state.until - self._clock() <= self._rest + SET_BACK else None
