"""The connections to one venue: opened for what is wanted, and replaced when they fail."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import Any

import pytest
from msgspec.structs import replace
from websockets.sync.server import ServerConnection

from engine.upstream.streams.connection import Ways
from engine.upstream.streams.hosts import AVOIDED_FOR, BLOCKED_FOR
from engine.upstream.streams.opening import opener
from engine.upstream.streams.session import Data
from engine.upstream.streams.sockets import Socket
from engine.upstream.streams.venue import OPENED_WITHIN, REFUSED_FOR, RENEWED_AFTER, VenueStreams
from engine.upstream.streams.waiting import LONGEST_WAIT
from engine.upstream.streams.websockets import LONGEST_MESSAGE
from providers import Http, RateLimited, StreamSource, discover
from tests.engine.upstream.streams.scripted import Script, Scripted
from tests.waiting import eventually

NOW = 1_790_274_180_000
BYBIT: Any = next(kind for kind in discover() if kind.name == "bybit" and issubclass(kind, StreamSource))
BTC, ETH = "tickers.BTCUSDT", "tickers.ETHUSDT"


def ticker(name: str, price: float = 100.0) -> str:
    """Return a frame with a price."""
    return json.dumps({"topic": name, "ts": NOW, "data": {"lastPrice": str(price)}})


class Watched:
    """The connections to a venue, with their data, and a clock that a test moves."""

    def __init__(self, *addresses: str) -> None:
        self.now = NOW
        self.data: list[Data] = []
        self.connected: list[tuple[list[str], bool]] = []
        self.attempts = 0
        self.spent = False
        self.addresses = list(addresses)
        ways = Ways(
            source=BYBIT(Http()),
            channel="tickers",
            addresses=lambda: self.addresses,
            open=opener(None, connect=5.0, patience=0.02),
            receive=lambda data, now: self.data.append(data),
            clock=lambda: self.now,
        )
        self.streams = VenueStreams(ways, self._spend, self._tell, chance=lambda: 1.0)

    def _spend(self) -> None:
        if self.spent:
            raise RateLimited
        self.attempts += 1

    def _tell(self, names: Sequence[str], connected: bool, reason: str) -> None:
        self.connected.append((list(names), connected))

    def until(self, true: Callable[[], object]) -> None:
        """Step until something is true."""

        def stepped() -> bool:
            self.streams.step()
            return bool(true())

        eventually(stepped)


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Return connections that are ended after the test."""
    one = Watched()
    yield one
    one.streams.stop()


def serving(script: Script, watched: Watched, **refuse: int) -> Scripted:
    """Return a server that the watched connections use."""
    server = Scripted(script, {f"/{name}": status for name, status in refuse.items()})
    watched.addresses = [f"{server.url}/{name}" for name in (*refuse, "good")]
    return server


def quiet(connection: ServerConnection) -> None:
    """Say nothing."""


def talkative(connection: ServerConnection) -> None:
    """Send one price of Bitcoin."""
    connection.send(ticker(BTC))


def test_wanted_topics_are_asked_for_and_their_data_handed_on(watched: Watched) -> None:
    """Data of wanted topics are passed on, and a later topic joins the same connection."""
    with serving(talkative, watched) as server:
        watched.streams.want([BTC])
        watched.until(lambda: watched.data and server.texts)
        watched.streams.want([BTC, ETH])
        watched.until(lambda: len(server.texts) == 2)

    assert [data.name for data in watched.data] == [BTC]
    assert [json.loads(text)["args"] for text in server.texts] == [[BTC], [ETH]]
    assert watched.connected[0] == ([BTC], True)
    assert watched.attempts == 1


def test_a_lost_connection_is_opened_again_with_all_topics(watched: Watched) -> None:
    """A lost connection is reopened with all topics, which are reported as lost and as online again."""
    connections: list[ServerConnection] = []
    with serving(connections.append, watched) as server:
        watched.streams.want([BTC, ETH])
        watched.until(lambda: server.texts and watched.connected)
        connections[0].close(1012, "restart")
        watched.until(lambda: len(watched.connected) == 2)
        watched.now += LONGEST_WAIT
        watched.until(lambda: len(watched.connected) == 3 and len(server.texts) == 2)

    assert watched.connected == [([BTC, ETH], True), ([BTC, ETH], False), ([BTC, ETH], True)]
    assert [json.loads(text)["args"] for text in server.texts] == [[BTC, ETH]] * 2


def test_an_address_that_refuses_the_region_is_followed_by_the_next(watched: Watched) -> None:
    """An address that answers 451 is skipped, and the next one is tried."""
    with serving(talkative, watched, blocked=451) as server:
        watched.streams.want([BTC])
        watched.until(lambda: watched.data)

    assert server.paths == ["/blocked", "/good"]


def test_a_venue_that_refuses_the_region_is_not_tried_for_hours(watched: Watched) -> None:
    """A venue that refuses the region gets no attempt for hours, whatever the backoff would allow."""
    with serving(quiet, watched, first=451, good=403) as server:
        watched.streams.want([BTC])
        watched.until(lambda: watched.streams.blocked_until)
        watched.now += BLOCKED_FOR - 1
        watched.streams.step()
        assert watched.attempts == 1
        watched.now += 1
        watched.until(lambda: watched.attempts == 2)

    assert server.paths[:2] == ["/first", "/good"]


def test_a_silent_connection_is_replaced(watched: Watched) -> None:
    """A connection without frames is replaced, because it may be half open."""
    with serving(quiet, watched) as server:
        watched.streams.want([BTC])
        watched.until(lambda: watched.connected)
        watched.now += 30_000
        watched.until(lambda: len(watched.connected) == 2)
        watched.now += LONGEST_WAIT
        watched.until(lambda: len(watched.connected) == 3)

    assert [connected for _, connected in watched.connected] == [True, False, True]
    assert len(server.paths) == 2


def test_attempts_wait_longer_after_each_failure(watched: Watched) -> None:
    """Each failure doubles the wait before the next attempt, so that a venue is not overloaded."""
    with serving(quiet, watched, good=503):
        watched.streams.want([BTC])
        waits = []
        for attempt in range(1, 5):
            watched.until(lambda attempt=attempt: watched.attempts == attempt)  # type: ignore[misc]
            watched.until(lambda: watched.streams.count == 0)
            begun = watched.now
            while watched.attempts == attempt:
                watched.now += 100
                watched.streams.step()
            waits.append(watched.now - begun)

    assert waits == [500, 1_000, 2_000, 4_000]


def test_attempts_stop_while_their_budget_is_spent(watched: Watched) -> None:
    """No attempt is made without budget: Kraken bans an address for ten minutes after 150 attempts."""
    with serving(talkative, watched):
        watched.spent = True
        watched.streams.want([BTC])
        watched.streams.step()
        watched.now += LONGEST_WAIT - 1
        watched.spent = False
        watched.streams.step()
        assert watched.attempts == 0
        watched.now += 1
        watched.until(lambda: watched.data)


def test_an_announced_end_opens_the_next_connection_first(watched: Watched) -> None:
    """At an announced end no topic is lost, and the old connection ends once the new one has data."""

    def script(connection: ServerConnection) -> None:
        if len(server.paths) == 1:
            connection.send(ticker(BTC, 1.0))
        else:
            connection.recv()
            connection.send(ticker(BTC, 2.0))

    with serving(script, watched) as server:
        watched.streams.want([BTC])
        watched.until(lambda: watched.connected and watched.data)
        first = watched.streams._slots[0].connection
        assert first is not None
        watched.now += RENEWED_AFTER - 1
        first.fault = "ending"
        watched.streams.step()
        assert watched.attempts == 1  # an end that is announced again at once must not become a storm
        watched.now += 1
        first.fault = "ending"
        watched.streams.step()
        watched.until(lambda: first.ended == "stopped")

    assert [data.price for data in watched.data if hasattr(data, "price")] == [1.0, 2.0]
    assert [connected for _, connected in watched.connected] == [True]


def test_frames_that_cannot_be_read_end_a_connection(watched: Watched) -> None:
    """One unreadable frame is skipped, and many in a row end the connection."""

    def script(connection: ServerConnection) -> None:
        connection.send("{")
        connection.send(ticker(BTC))
        for _ in range(100):
            connection.send('{"topic": "tickers.X", "ts": 1, "data": {}}')

    with serving(script, watched):
        watched.streams.want([BTC])
        watched.until(lambda: watched.data)
        watched.until(lambda: watched.streams.count == 0)

    assert [data.name for data in watched.data] == [BTC]


@pytest.mark.parametrize("parts", [[3 * 1024 * 1024], [LONGEST_MESSAGE + 1], [0] * 70_000, [1 << 20] * 5])
def test_a_message_without_end_ends_its_connection(watched: Watched, parts: list[int]) -> None:
    """An endless message ends its connection, and one that is merely oversized is skipped."""

    def script(connection: ServerConnection) -> None:
        connection.send((" " * size for size in parts) if len(parts) > 1 else " " * parts[0])
        connection.send(ticker(BTC))

    with serving(script, watched):
        watched.streams.want([BTC])
        watched.until(lambda: watched.data or (watched.attempts and watched.streams.count == 0))

    assert bool(watched.data) is (parts[0] == 3 * 1024 * 1024)


def test_a_long_snapshot_delays_no_other_work() -> None:
    """A snapshot of hundreds of candles, as of Kraken, needs no work in Python for each byte."""
    long = " " * 1_000_000 + ticker(BTC)
    watched = Watched()

    with serving(lambda connection: connection.send(long), watched):
        socket = opener(None, connect=5.0, patience=5.0)(watched.addresses[0])
        begun = time.thread_time()
        assert socket.receive() == long
        assert time.thread_time() - begun < 0.1
        socket.close()


@pytest.mark.parametrize("code", [1008, 4005])
def test_a_breach_of_rules_is_not_answered_with_a_storm(watched: Watched, code: int) -> None:
    """After a breach of rules attempts wait half a minute or longer, and try other addresses first."""

    def script(connection: ServerConnection) -> None:
        if not server.paths[-1].startswith("/good"):
            connection.close(code, "policy")

    with serving(script, watched) as server:
        watched.addresses.insert(0, f"{server.url}/strict?token=1")
        watched.streams.want([BTC])
        watched.until(lambda: server.paths and watched.streams.count == 0)
        watched.now += 29_999
        watched.streams.step()
        assert watched.attempts == 1
        watched.now += 1
        watched.until(lambda: watched.streams.is_online(BTC))
        assert server.paths == ["/strict?token=1", "/good"]

    assert watched.streams._ways.hosts.in_order(watched.addresses, watched.now + AVOIDED_FOR) == (
        watched.addresses
    )


@pytest.mark.parametrize(("code", "wait"), [(4004, 500), (1012, 500), (4003, 30_000)])
def test_each_close_code_has_its_wait(code: int, wait: int) -> None:
    """Each close code has its wait: OKX's code for a connection without data is no breach of rules."""
    okx: Any = next(kind for kind in discover() if kind.name == "okx")
    watched = Watched()
    ways = replace(watched.streams._ways, source=okx(Http()))
    watched.streams = VenueStreams(ways, watched._spend, watched._tell, chance=lambda: 1.0)
    with serving(lambda connection: connection.close(code), watched):
        watched.streams.want(["tickers BTC-USDT"])
        watched.until(lambda: watched.attempts and watched.streams.count == 0)
        watched.now += wait - 1
        watched.streams.step()
        assert watched.attempts == 1
        watched.now += 1
        watched.streams.step()
        assert watched.attempts == 2
        watched.streams.stop()


def test_an_address_that_is_down_is_followed_by_the_next(watched: Watched) -> None:
    """An unreachable address is followed by the next, without those that refuse the region."""
    with serving(talkative, watched, down=503, blocked=451) as server:
        watched.streams.want([BTC])
        watched.until(lambda: watched.data)
        assert server.paths == ["/down", "/blocked", "/good"]
        watched.streams.want([])
        watched.streams.step()
        watched.streams.want([BTC])
        watched.until(lambda: len(watched.data) == 2)

        assert server.paths[3:] == ["/down", "/good"]


def test_a_refused_topic_is_asked_for_again_after_a_while(watched: Watched) -> None:
    """A refused topic is requested again, because Bybit refuses good topics after a disconnection."""

    def script(connection: ServerConnection) -> None:
        for text in connection:
            request = json.loads(text)
            asked.append(request["args"])
            good = len(asked) > 1
            answer = {"op": "subscribe", "success": good, "ret_msg": "later", "req_id": request["req_id"]}
            connection.send(json.dumps(answer))
            if good:
                connection.send(ticker(request["args"][0]))

    asked: list[list[str]] = []
    with serving(script, watched):
        watched.streams.want([BTC])
        watched.until(lambda: BTC in watched.streams.refused)
        watched.streams.want([ETH])  # feeding wants nothing that is refused
        watched.until(lambda: [ETH] in asked)
        assert watched.streams.refused == {BTC: watched.now + REFUSED_FOR}
        watched.streams.refused[BTC] = watched.now  # without the time in which the connection would be silent
        watched.streams.step()
        assert not watched.streams.refused
        watched.streams.want([BTC, ETH])
        watched.until(lambda: BTC in {data.name for data in watched.data})


def test_a_connection_that_ends_before_its_successor_is_ready_is_a_loss(watched: Watched) -> None:
    """If a connection ends before its successor is ready, its topics are lost and then online again."""
    connections: list[ServerConnection] = []
    with serving(connections.append, watched):
        watched.streams.want([BTC])
        watched.until(lambda: watched.connected and connections)
        first = watched.streams._slots[0].connection
        assert first is not None
        watched.now += RENEWED_AFTER
        first.fault = "ending"
        watched.streams.step()
        watched.until(lambda: len(connections) == 2)
        connections[0].close(1012)
        watched.until(lambda: len(watched.connected) == 3)

    assert [connected for _, connected in watched.connected] == [True, False, True]
    assert watched.attempts == 2


def test_a_handshake_that_never_ends_is_given_up(watched: Watched) -> None:
    """An endless handshake is given up, so that its topics get another connection."""
    watched.addresses = ["ws://never"]
    released, ways = Event(), watched.streams._ways

    def open_(address: str) -> Socket:
        released.wait(20)
        raise RateLimited

    watched.streams = VenueStreams(replace(ways, open=open_), watched._spend, watched._tell, lambda: 1.0)
    watched.streams.want([BTC])
    watched.streams.step()
    watched.now += OPENED_WITHIN
    watched.streams.step()
    watched.now += 500
    watched.streams.step()
    released.set()

    assert watched.attempts == 2


def test_topics_that_are_dropped_are_reported_as_lost(watched: Watched) -> None:
    """Topics that are no longer wanted are reported as lost, because their series are outdated."""
    with serving(quiet, watched):
        watched.streams.want([BTC, ETH])
        watched.until(lambda: watched.connected)
        watched.streams.want([BTC])

    assert watched.connected == [([BTC, ETH], True), ([ETH], False)]


def test_topics_that_are_no_longer_wanted_end_their_connection(watched: Watched) -> None:
    """Without wanted topics a venue's connection is closed."""
    with serving(talkative, watched) as server:
        watched.streams.want([BTC])
        watched.until(lambda: watched.data)
        watched.streams.want([])
        watched.streams.step()

    assert watched.streams.count == 0
    assert len(server.paths) == 1
