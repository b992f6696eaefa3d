"""Find out when a series becomes stale: neither a stream nor a request has confirmed it. Pure."""

from collections.abc import Iterator

from engine.upstream.streams.changes import Stale

STALE = 15_000
"""Milliseconds without a confirmation by stream or request after which a series is stale."""


class Confirmation:
    """Reports once that a series is stale, until it is confirmed again. Times are Unix milliseconds."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._stale = False

    def confirm(self, time: int) -> None:
        """Note a confirmation, unless a later one is known."""
        if self._last is None or time > self._last:
            self._last, self._stale = time, False

    def tick(self, now: int) -> Iterator[Stale]:
        """Yield `Stale` when the last confirmation is too old."""
        if self._last is None:
            self._last = now
        if not self._stale and now - self._last >= STALE:
            self._stale = True
            yield Stale((now - self._last) / 1000)
