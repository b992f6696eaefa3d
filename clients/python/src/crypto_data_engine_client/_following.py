"""Following channels: what was heard, and where a new connection goes on."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crypto_data_engine_client._calls import query_of
from crypto_data_engine_client._errors import ClientError, EngineError, failure
from crypto_data_engine_client._events import Event

PATH = "/api/stream/sse"
HEADERS = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
SILENCE = 40.0
"""Seconds after which a connection without a message is dead: heartbeats come every 15."""
PASSING = (429, 502, 503, 504)
INNER = ("heartbeat", "welcome", "subscribed")
"""Messages about the connection."""


@dataclass(frozen=True)
class Message:
    """A message of a stream. `body` is all of it."""

    type: str
    body: Mapping[str, Any]

    @property
    def channel(self) -> str | None:
        """Return the canonical name of the channel; `None` for messages about the stream."""
        return self.body.get("channel")

    @property
    def cursor(self) -> str | None:
        """Return where another stream goes on after this message."""
        return self.body.get("cursor")

    @property
    def data(self) -> Any:
        """Return the row, such as that of a candle; `None` where the message has none."""
        return self.body.get("data")

    @property
    def closed(self) -> bool | None:
        """Return whether a candle is closed; `None` for other messages."""
        return self.body.get("closed")

    @property
    def source(self) -> str | None:
        """Return the exchange of a candle."""
        return self.body.get("source")


class Following:
    """The state of a stream over all its connections."""

    def __init__(
        self,
        channels: Sequence[str],
        *,
        closed_only: bool,
        after: str | None,
        patience: float,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._channels, self._closed_only, self._cursor = tuple(channels), closed_only, after
        self._patience, self._chance = patience, chance
        self._begun, self._waited = False, 0.0
        self._retry: float | None = None
        self._failure: ClientError | None = None

    def query(self) -> dict[str, str]:
        """Return the parameters of the next connection."""
        return query_of(channels=self._channels, closedOnly=self._closed_only or None, after=self._cursor)

    def take(self, event: Event) -> Message | None:
        """Return the message that a caller gets. One about the connection is kept here."""
        body = json.loads(event.data)
        self._cursor = body.get("cursor") or self._cursor
        if body["type"] == "error":
            self._failure = failure(body["error"], 200, {})
            self._retry = None if event.retry is None else event.retry / 1000
            return None
        self._begun, self._waited, self._failure = True, 0.0, None
        return None if body["type"] in INNER else Message(body["type"], body)

    def refused(self, error: ClientError) -> None:
        """Take a failure of a connection. Raises it if it does not pass."""
        if isinstance(error, EngineError) and error.status not in PASSING:
            raise error
        self._failure = error
        self._retry = error.retry_after if isinstance(error, EngineError) else None

    def pause(self) -> float:
        """Return the seconds until the next connection.

        A stream that has begun is never given up. One that has not raises its failure after `patience`.
        """
        pause = (1.0 if self._retry is None else self._retry) + self._chance()
        self._retry = None
        self._waited += pause
        if self._failure is not None and not self._begun and self._waited > self._patience:
            raise self._failure
        return pause
