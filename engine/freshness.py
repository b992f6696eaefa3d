"""The cache's policy: give what is fresh, make what is not, fall back on what is old.

Answers are kept as the bytes that go out, cut where their age is written in, so that a hit
serialises nothing.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from engine.errors import AllProvidersFailed

KEPT = 86_400
"""Seconds that an answer is kept after it was made, for when no provider can be had."""


class Store(Protocol):
    """What is asked of a cache."""

    def get(self, key: str) -> Any: ...

    def set(self, key: str, value: Any, timeout: int | None = None) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A ready answer: its JSON before and after the part of `meta` that depends on the moment.

    `made` is when its data arrived (Unix seconds), `lifetime` how many seconds it is fresh.
    """

    head: bytes
    tail: bytes
    made: float
    lifetime: float

    @classmethod
    def of(
        cls, body: Mapping[str, object], meta: Mapping[str, object], made: float, lifetime: float
    ) -> "Answer":
        """The answer with `body` and, as its last member, `meta`."""
        rest = orjson.dumps(meta)[1:] + b"}"
        head = orjson.dumps({"success": True, **body})[:-1] + b',"meta":{"stale":'
        return cls(head, (b"," if meta else b"") + rest, made, lifetime)

    def age(self, now: float) -> float:
        """Seconds since its data arrived."""
        return max(0.0, now - self.made)

    def stale(self, now: float) -> bool:
        """Whether it has outlived its lifetime."""
        return self.age(now) >= self.lifetime

    def body(self, now: float) -> bytes:
        """The bytes to send at `now`."""
        stale = b"true" if self.stale(now) else b"false"
        return b'%b%b,"ageSeconds":%.1f%b' % (self.head, stale, self.age(now), self.tail)


class Freshness:
    """One shelf of answers. Any number of callers that want the same thing at once share one making."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._flights: dict[str, Future[Answer]] = {}
        self.hits = 0
        self.misses = 0

    def serve(self, key: str, make: Callable[[], Answer]) -> Answer:
        """The answer kept under `key` while it is fresh, otherwise a new one.

        Where `make` raises `AllProvidersFailed`, an answer of the last day is better than none.
        """
        known: Answer | None = self._store.get(key)
        if known is not None and not known.stale(self._clock()):
            self.hits += 1
            return known
        self.misses += 1
        try:
            return self._fly(key, make)
        except AllProvidersFailed:
            if known is None:
                raise
            return known

    @property
    def hit_rate(self) -> float | None:
        """The share of requests that cost nothing upstream, `None` before the first."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None

    def _fly(self, key: str, make: Callable[[], Answer]) -> Answer:
        with self._lock:
            flight = self._flights.get(key)
            pilot = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if pilot:
            try:
                answer = make()
                self._store.set(key, answer, timeout=KEPT)
                flight.set_result(answer)
            except BaseException as error:
                flight.set_exception(error)
                raise
            finally:
                with self._lock:
                    del self._flights[key]
        return flight.result()
