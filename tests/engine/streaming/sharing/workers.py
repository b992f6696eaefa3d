"""Workers that share streams through a real Redis, whose steps a test takes, over a market that it moves."""

from contextlib import suppress

import orjson
import redis

from engine.store.sequence import Unavailable
from engine.store.sequence.sequence import SharedSequence
from engine.streaming.cursors import Cursor, parse_cursor
from engine.streaming.hub import Hub
from engine.streaming.log import KEPT, Message
from engine.streaming.publishing import new_epoch
from engine.streaming.sharing import Sharing

NOW = 1_790_274_180_000
CHANNEL = "candles:BTCUSDT:1m"
LEASE = 600_000
"""Milliseconds of a lease: it ends when a test says so."""


class Market:
    """The clock of all workers, and candles that close one after the other."""

    def __init__(self) -> None:
        self.now = NOW
        self.candle = 100
        """The open time of the running candle."""
        self.seconds = 0.0
        """The monotonic clock."""
        self.workers: list[Worker] = []

    def close(self) -> None:
        """Begin the next candle."""
        self.candle += 1
        self.now += 100


class Client:
    """A listener that keeps its messages."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def deliver(self, message: Message) -> None:
        """Keep a message."""
        self.messages.append(message)

    @property
    def closed(self) -> list[int]:
        """The closed candles that it got."""
        bodies = [orjson.loads(one.body) for one in self.messages]
        return [body["time"] for body in bodies if body["type"] == "candle" and body["closed"]]

    @property
    def kinds(self) -> list[str]:
        """The types of its messages."""
        return [one.kind for one in self.messages]

    @property
    def cursor(self) -> Cursor:
        """The cursor of its last message."""
        found = parse_cursor(self.messages[-1].cursor or "")
        assert found is not None
        return found


class Worker:
    """One worker with clients, which feeds them with the market's candles where it has to."""

    def __init__(self, url: str, market: Market, *, wanted: int = 10_000) -> None:
        self.market = market
        self.hub = Hub(new_epoch(), lambda: market.now)
        sequence = SharedSequence(
            url, "test:", new_epoch(), KEPT, seconds=5, lease=LEASE, wanted=wanted, wait=0
        )
        self.sharing = Sharing(sequence, self.hub, lambda: market.now, lambda: market.seconds)
        self._term = 0
        market.workers.append(self)
        self._closed: dict[str, int] = {}

    def join(self, *channels: str) -> Client:
        """Return a new client of channels."""
        client = Client()
        self.hub.subscribe(client, channels or (CHANNEL,))
        return client

    def step(self) -> None:
        """Take each step once."""
        self.sharing.elect()
        with suppress(Unavailable):
            self.sharing.read()
        self.feed()
        with suppress(Unavailable):
            self.sharing.send()
            self.sharing.read()

    def feed(self) -> None:
        """Publish what has happened since the last time, or since the last published candle."""
        assignment = self.sharing.assignment()
        if assignment.term != self._term:
            self._term, self._closed = assignment.term, {}
        for channel in assignment.channels:
            done = self._closed.get(channel, self.hub.log.reached.get(channel, self.market.candle - 1))
            for candle in range(done + 1, self.market.candle):
                self._publish(channel, candle, closed=True)
            self._publish(channel, self.market.candle, closed=False)
            self._closed[channel] = self.market.candle - 1

    def _publish(self, channel: str, candle: int, *, closed: bool) -> None:
        body = {"type": "candle", "time": candle, "closed": closed}
        reached = candle if closed else candle - 1
        self.sharing.publisher.publish(channel, body, conflated=not closed, reached=reached)


def end_lease(client: redis.Redis) -> None:
    """Let the lease of the leader end."""
    client.delete("test:{stream}:leader")


def trim(client: redis.Redis) -> None:
    """Drop all but the last of the messages of the last seconds."""
    client.xtrim("test:{stream}:live", maxlen=1, approximate=False)
