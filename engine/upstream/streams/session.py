"""The subscriptions of one connection to a venue. Pure: the caller sends and receives.

Each change compares the wanted topics with the requested ones, so that no topic is forgotten. A refused
request is repeated topic by topic, because one bad topic makes a venue refuse all of them.
Times are Unix milliseconds.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from providers import (
    Accepted,
    Alive,
    Ending,
    Event,
    LastTrade,
    Refused,
    Respond,
    StreamedAggregate,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
    StreamSource,
    Welcome,
)

RENEWED_BEFORE = 300_000
"""Milliseconds before the end of a connection's lifetime at which its successor is opened."""
ANSWERED_WITHIN = 10_000
"""Milliseconds within which a venue must answer a request, if it answers requests at all."""

Fault = Literal["silent", "ending", "unanswered"]
Data = StreamedCandle | StreamedTicker | StreamedTrade | StreamedAggregate | StreamedBook | LastTrade


class _Request(msgspec.Struct):
    names: Sequence[str]
    action: Literal["subscribe", "unsubscribe"]
    since: int | None = None
    """When the request was sent, `None` while it waits."""


class Session:
    """One connection to `source`, opened at `now`."""

    def __init__(self, source: StreamSource, now: int) -> None:
        self.refused: dict[str, str] = {}
        """The reasons of the venue by refused topic."""
        self.ending = False
        self._source = source
        self._opened = self._framed = self._pinged = now
        self._greeted = not source.greets
        self._wanted: dict[str, None] = {}
        self._asked: set[str] = set()
        self._requests: dict[str, _Request] = {}
        self._outbox: deque[tuple[str, str | None]] = deque()
        self._urgent: deque[str] = deque()
        self._sent: deque[int] = deque()

    def want(self, names: Iterable[str], now: int) -> None:
        """Replace the wanted topics: subscribe to new ones, and unsubscribe from others."""
        self._wanted = dict.fromkeys(names)
        self.refused = {name: why for name, why in self.refused.items() if name in self._wanted}
        if self._greeted:
            self._ask()

    def received(self, text: str, now: int) -> list[Data]:
        """Parse a frame, and return its data. Raises `BadData`, after which the connection may continue."""
        self._framed = now
        events = self._source.read_frame(text)
        return [data for event in events if (data := self._take(event, now)) is not None]

    def alive(self, now: int) -> None:
        """Note a control frame, which shows that the connection is alive."""
        self._framed = now

    def texts(self, now: int) -> Iterator[str]:
        """Yield the texts to send now, within the venue's rate limit.

        Pings and their answers are exempt from the limit.
        """
        if (seconds := self._source.keep_alive) is not None and now - self._pinged >= seconds * 1000:
            self._pinged = now
            if (ping := self._source.ping()) is not None:
                self._urgent.append(ping)
        while self._urgent:
            yield self._urgent.popleft()
        limit = self._source.messages
        while self._sent and now - self._sent[0] >= limit.period * 1000:
            self._sent.popleft()
        while self._outbox and len(self._sent) < limit.requests:
            self._sent.append(now)
            text, id_ = self._outbox.popleft()
            if id_ is not None and (request := self._requests.get(id_)) is not None:
                request.since = now
            yield text

    def fault(self, now: int) -> Fault | None:
        """Return why another connection is needed, `None` while this one is good."""
        if now - self._framed >= self._source.silence * 1000:
            return "silent"
        sent = [request.since for request in self._requests.values() if request.since is not None]
        if sent and now - min(sent) >= ANSWERED_WITHIN:
            return "unanswered"
        life = self._source.lifetime
        if self.ending or (life is not None and now - self._opened >= life * 1000 - RENEWED_BEFORE):
            return "ending"
        return None

    def _take(self, event: Event, now: int) -> Data | None:
        match event:
            case Welcome():
                self._greeted = True
                self._ask()
            case Accepted():
                self._answered(event)
            case Refused():
                self._refuse(event)
            case Respond():
                self._urgent.append(event.text)
            case Ending():
                self.ending = True
            case Alive():
                pass
            case LastTrade() if event.name not in self._asked:
                pass  # a heartbeat covers only trades of this connection
            case _:
                return event
        return None

    def _ask(self) -> None:
        new = [name for name in self._wanted if name not in self._asked and name not in self.refused]
        old = [name for name in self._asked if name not in self._wanted]
        self._asked.update(new)
        self._asked.difference_update(old)
        for id_, text, names in self._source.subscribe(new):
            self._requests[id_] = _Request(names, "subscribe")
            self._outbox.append((text, id_))
        for _, text, _ in self._source.unsubscribe(old):
            self._outbox.append((text, None))

    def _answered(self, event: Accepted) -> None:
        """Forget an answered request. Venues name its id, or some of its topics."""
        if event.request is not None:
            self._requests.pop(event.request, None)
        else:
            self._drop(event.names)

    def _drop(self, names: Sequence[str]) -> list[_Request]:
        """Forget requests whose topics are all answered, and return those with one of `names`."""
        found = {id_: request for id_, request in self._requests.items() if set(names) & set(request.names)}
        for id_, request in found.items():
            left = [name for name in request.names if name not in names]
            if left:
                self._requests[id_] = _Request(left, request.action, request.since)
            else:
                del self._requests[id_]
        return list(found.values())

    def _refuse(self, event: Refused) -> None:
        """Repeat a refused request topic by topic. Requests to unsubscribe are not remembered."""
        if event.request:
            request = self._requests.pop(event.request, None)
            requests = [] if request is None else [request]
        else:
            requests = self._drop(event.names) if event.names else self._only_request()
        for request in requests:
            bad = event.names if len(event.names) == 1 else request.names
            if len(bad) == 1:
                self.refused[bad[0]] = event.reason
                self._asked.discard(bad[0])
                continue
            for name in bad:
                for id_, text, names in self._source.subscribe([name]):
                    self._requests[id_] = _Request(names, request.action)
                    self._outbox.append((text, id_))

    def _only_request(self) -> list[_Request]:
        """Remove and return the oldest open request, to which a refusal without a name refers."""
        if not self._requests:
            return []
        first = next(iter(self._requests))
        return [self._requests.pop(first)]
