"""The ability to send candles, tickers or trades over a WebSocket."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from providers import _json
from providers._base._provider import Provider
from providers._errors import BadData
from providers._models import RateLimit
from providers._reading import reading
from providers._streamed import Channel, Event, Topic

POLICY, OWN_CODES = 1008, range(4000, 5000)
"""Close codes of broken rules: the one that is standard, and those that a venue defines for its own."""
MAX_FRAME = 1024 * 1024
"""Bytes of a frame: a snapshot of hundreds of candles takes less."""


class StreamSource(Provider):
    """Sends what happens on its markets. Facts are class attributes, as for requests.

    It says which texts to send and what the received ones mean; it opens no connection.
    """

    stream_urls: ClassVar[tuple[str, ...]]
    """Addresses that serve the same. One that refuses this region is final; the next one is used."""
    channels: ClassVar[frozenset[Channel]]
    intervals: ClassVar[Mapping[str, Any]]
    """Its word for each interval, as in requests."""
    says_closed: ClassVar[bool] = False
    """Whether candles are flagged when they close."""
    topics_per_request: ClassVar[int] = 100
    topics_per_connection: ClassVar[int]
    silence: ClassVar[float] = 10.0
    """Seconds without any frame after which a connection with subscriptions is dead."""
    keep_alive: ClassVar[float | None] = None
    """Seconds after which `ping` must be sent, `None` where the venue needs none."""
    connections: ClassVar[RateLimit]
    """The most connections from one address. More of them are punished with a ban."""
    messages: ClassVar[RateLimit]
    """The most messages to the venue on one connection."""
    lifetime: ClassVar[float | None] = None
    """Seconds after which the venue ends a connection."""
    harmless_codes: ClassVar[frozenset[int]] = frozenset()
    """Close codes of its own after which it takes a new connection at once."""
    greets: ClassVar[bool] = False
    """Whether requests must wait for a `Welcome`."""

    def addresses(self, channel: Channel, instead: str | None = None) -> list[str]:
        """Return the addresses that serve a channel, the preferred one first.

        `instead` replaces scheme, host, port and the beginning of the path. Raises a `ProviderError` if the
        address must be requested and is not given.
        """
        path = self.stream_path(channel)
        return [url.rstrip("/") + path for url in ([instead] if instead else self.stream_urls)]

    def stream_path(self, channel: Channel) -> str:
        """Return the path and query that serve a channel, behind an address."""
        return ""

    def is_breach(self, code: int | None) -> bool:
        """Return whether a close code says that this side has broken a rule: more attempts bring a ban."""
        return code == POLICY or (code in OWN_CODES and code not in self.harmless_codes)

    def topic_name(self, topic: Topic) -> str | None:
        """Return the venue's name of a topic, as events repeat it; `None` where it has no such topic."""
        if topic.channel not in self.channels:
            return None
        if topic.interval is not None and topic.interval.code not in self.intervals:
            return None
        return self.name_of(topic)

    def name_of(self, topic: Topic) -> str:
        """Return the name of a topic that the venue has."""
        raise NotImplementedError

    def subscribe(self, names: Sequence[str]) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Yield requests for topics: each with its id, its text, and its topics."""
        return self._requests("subscribe", names)

    def unsubscribe(self, names: Sequence[str]) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Yield requests that end topics, in the same form."""
        return self._requests("unsubscribe", names)

    def groups(self, names: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield the topics of each request."""
        for start in range(0, len(names), self.topics_per_request):
            yield names[start : start + self.topics_per_request]

    def request(self, action: str, names: Sequence[str], id_: str) -> str:
        """Return the text that subscribes or unsubscribes topics of one group."""
        raise NotImplementedError

    def ping(self) -> str | None:
        """Return the text that keeps a connection alive."""
        return None

    def read_frame(self, text: str) -> list[Event]:
        """Return what a frame says, candles in ascending order. Raises `BadData`.

        A frame of an unknown kind says that the connection is alive.
        """
        if len(text) > MAX_FRAME:
            raise BadData(f"{self.name} sent a frame of {len(text)} characters")
        with reading(self.name):
            return self.read_events(text)

    def read_events(self, text: str) -> list[Event]:
        """Return what a frame says. Raises an `UNREADABLE`."""
        return self.read_message(self.parse(text))

    def read_message(self, message: Any) -> list[Event]:
        """Return what the JSON of a frame says. Raises an `UNREADABLE`."""
        raise NotImplementedError

    @staticmethod
    def parse(text: str) -> Any:
        """Return the JSON of a frame."""
        return _json.read(text.encode(), MAX_FRAME)

    def _requests(self, action: str, names: Sequence[str]) -> Iterator[tuple[str, str, Sequence[str]]]:
        for group in self.groups(names):
            id_ = self.request_id()
            yield id_, self.request(action, group, id_), group

    def request_id(self) -> str:
        """Return a new id for a request."""
        return uuid.uuid4().hex
