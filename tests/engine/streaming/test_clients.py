"""Clients on sockets: each message goes out at once, or waits while the client is slow."""

import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import gevent
import orjson
import pytest
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

from engine.errors import ApiError
from engine.streaming.clients import Clients, ServerSentClient
from engine.streaming.clients.client import Client
from engine.streaming.clients.websocket import WebSocketClient
from engine.streaming.conversation import Bucket, Conversation, Limits
from engine.streaming.cursors import Cursor, Place
from engine.streaming.hub import Hub
from engine.streaming.log import Message

NOW = 1_790_274_180_000


class Known:
    """Channels whose names begin with a word that is known."""

    def named(self, texts: Sequence[str]) -> list[str]:
        """Return the names, or refuse an unknown one."""
        for text in texts:
            if not text.startswith(("prices:", "candles:")):
                raise ApiError("No such channel", {text: ["unknown"]}, code="INVALID_CHANNEL", status=400)
        return [*texts]

    def missed(self, cursor: Cursor, channels: Sequence[str]) -> Sequence[Message]:
        """Return no candles."""
        return []

    def snapshots(self, channels: Sequence[str]) -> Iterable[Message]:
        """Return one snapshot of each channel."""
        for number, channel in enumerate(channels):
            yield Message(Place(NOW, number), channel, False, b'{"type": "snapshot"}')


class Peer:
    """A client's end of a WebSocket."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.socket = sock
        self.parser = Connection(ConnectionType.CLIENT)
        self.frames: list[Any] = []

    def send(self, *events: Any) -> None:
        """Send frames at once."""
        self.socket.send(b"".join(self.parser.send(event) for event in events))

    def ask(self, **request: object) -> None:
        """Send a request."""
        self.send(TextMessage(orjson.dumps(request).decode()))

    def read(self) -> None:
        """Read what has arrived."""
        gevent.sleep(0.001)
        try:
            data = self.socket.recv(1 << 20)
        except BlockingIOError:
            return
        self.parser.receive_data(data or None)
        self.frames += self.parser.events()

    def texts(self, count: int) -> list[Any]:
        """Return so many texts, as JSON."""
        self.until(lambda: len([one for one in self.frames if isinstance(one, TextMessage)]) >= count)
        texts = [one for one in self.frames if isinstance(one, TextMessage)]
        self.frames = [one for one in self.frames if not isinstance(one, TextMessage)]
        return [orjson.loads(one.data) for one in texts]

    def until(self, true: Callable[[], object]) -> None:
        """Read until something is true."""
        end = time.monotonic() + 20
        while not true():
            assert time.monotonic() < end
            self.read()

    def closed(self) -> int:
        """Return the code with which the server closes."""
        self.until(lambda: any(isinstance(one, CloseConnection) for one in self.frames))
        return int(next(one for one in self.frames if isinstance(one, CloseConnection)).code)


class Stage:
    """A hub with clients, and a clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW
        self.hub = Hub("7f3a", lambda: self.now)
        self.keys = {"alice"}
        self.clients = Clients(3, self.keys.__contains__)
        self.peers: list[socket.socket] = []

    def join(
        self, kind: Callable[..., Client] = WebSocketClient, key: str | None = None
    ) -> tuple[Client, Peer]:
        """Return a new client and its other end."""
        ours, theirs = socket.socketpair()
        self.peers.append(theirs)
        client = kind(ours, "an address", key, self.clients.remove)
        client.conversation = Conversation(self.hub, Known(), Limits(channels=3), client, client.say)
        self.clients.take("an address", 20)
        self.clients.add(client)
        return client, Peer(theirs)

    def publish(self, channel: str, text: str, *, conflated: bool = False) -> Message:
        """Publish a message, a millisecond after the last one."""
        self.now += 1
        body = orjson.dumps({"type": "candle", "text": text})
        message = Message(
            self.hub.log.last.next(self.now), channel, conflated, body, "candle", self.hub.epoch
        )
        self.hub.publish(message)
        return message


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Return a hub without clients, whose clients are ended afterwards."""
    one = Stage()
    yield one
    one.clients.stop()
    for peer in one.peers:
        peer.close()
    gevent.sleep(0)


def test_a_subscription_is_answered_and_its_messages_follow(stage: Stage) -> None:
    """A subscription is answered, then the newest price comes, then later messages."""
    stage.publish("prices:BTC", "old", conflated=True)
    _, peer = stage.join()
    peer.ask(op="subscribe", id=1, channels=["prices:BTC"])
    answer, newest = peer.texts(2)
    stage.publish("prices:BTC", "new", conflated=True)
    stage.publish("prices:ETH", "other", conflated=True)

    assert answer == {"type": "subscribed", "id": 1, "channels": ["prices:BTC"]}
    assert newest["text"] == "old"
    assert [one["text"] for one in peer.texts(1)] == ["new"]


def test_one_bad_channel_refuses_the_whole_request(stage: Stage) -> None:
    """A request with one bad channel is refused, and subscribes to none of its channels."""
    client, peer = stage.join()
    peer.ask(op="subscribe", id="x", channels=["prices:BTC", "nonsense"])

    (answer,) = peer.texts(1)
    assert answer["id"] == "x"
    assert answer["error"]["code"] == "INVALID_CHANNEL"
    assert answer["error"]["details"] == {"nonsense": ["unknown"]}
    assert isinstance(client.conversation, Conversation)
    assert client.conversation.subscribed == {}


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("{", {}),
        ("[]", {}),
        *(
            (f'{{"op": {word}}}', {"op": ["must be one of subscribe, unsubscribe, list, ping"]})
            for word in ("{}", '["ping"]', "null", "1")
        ),
        ('{"op": "buy"}', {"op": ["must be one of subscribe, unsubscribe, list, ping"]}),
        (
            '{"op": "ping", "id": [1]}',
            {"id": ["must be an integer, a text of 64 characters at most, or null"]},
        ),
        ('{"op": "subscribe", "channels": []}', {"channels": ["must be a list of texts"]}),
        ('{"op": "subscribe", "channels": ["prices:BTC"], "after": "x"}', {"after": ["is no cursor"]}),
        (
            '{"op": "subscribe", "channels": ["prices:BTC"], "closedOnly": 1}',
            {"closedOnly": ["must be true or false"]},
        ),
        ('{"op": "list", "more": 1}', {"more": ["unknown"]}),
    ],
)
def test_a_wrong_request_is_answered_with_what_is_wrong(stage: Stage, text: str, details: object) -> None:
    """An invalid request is answered with its mistake, and the stream continues."""
    _, peer = stage.join()
    peer.send(TextMessage(text))
    (answer,) = peer.texts(1)

    assert answer["error"]["code"] == "INVALID_PARAMETER"
    assert answer["error"]["details"] == details


def test_requests_are_answered_in_their_order(stage: Stage) -> None:
    """Requests are answered in order, and each answer has the id of its request."""
    _, peer = stage.join()
    peer.ask(op="subscribe", id=1, channels=["prices:BTC"])
    peer.ask(op="list", id=2)
    peer.ask(op="ping", id=3)
    peer.ask(op="unsubscribe", id=4, channels=["prices:BTC"])
    peer.ask(op="list")

    assert peer.texts(5) == [
        {"type": "subscribed", "id": 1, "channels": ["prices:BTC"]},
        {"type": "channels", "id": 2, "channels": ["prices:BTC"]},
        {"type": "pong", "id": 3},
        {"type": "unsubscribed", "id": 4, "channels": ["prices:BTC"]},
        {"type": "channels", "id": None, "channels": []},
    ]


def test_a_client_goes_on_strictly_after_its_cursor(stage: Stage) -> None:
    """A client that resumes gets exactly the messages after its cursor."""
    stage.publish("candles:BTCUSDT:1m", "had")
    cursor = stage.hub.cursor()
    stage.publish("candles:BTCUSDT:1m", "missed")
    _, peer = stage.join()
    peer.ask(op="subscribe", channels=["candles:BTCUSDT:1m"], after=cursor)
    _, missed = peer.texts(2)
    stage.publish("candles:BTCUSDT:1m", "live")

    assert missed["text"] == "missed"
    assert [one["text"] for one in peer.texts(1)] == ["live"]


def test_a_cursor_of_another_epoch_is_reset(stage: Stage) -> None:
    """A client with a cursor of another epoch gets a reset, then the state of its channels."""
    _, peer = stage.join()
    peer.ask(op="subscribe", channels=["candles:BTCUSDT:1m"], after="abcd-1-0")

    assert [one["type"] for one in peer.texts(3)] == ["subscribed", "reset", "snapshot"]


def test_closed_candles_alone_are_sent_where_that_is_asked(stage: Stage) -> None:
    """With `closedOnly` running candles are left out, and prices are sent."""
    _, peer = stage.join()
    peer.ask(op="subscribe", channels=["candles:BTCUSDT:1m", "prices:BTC"], closedOnly=True)
    peer.texts(1)
    stage.publish("candles:BTCUSDT:1m", "forming", conflated=True)
    stage.publish("prices:BTC", "price", conflated=True)
    stage.publish("candles:BTCUSDT:1m", "closed")

    assert [one["text"] for one in peer.texts(2)] == ["price", "closed"]


def test_more_channels_than_allowed_are_refused(stage: Stage) -> None:
    """Channels beyond the limit are refused, and earlier subscriptions remain."""
    client, peer = stage.join()
    peer.ask(op="subscribe", channels=["prices:A", "prices:B"])
    peer.ask(op="subscribe", channels=["prices:B", "prices:C", "prices:D"])
    _, answer = peer.texts(2)

    assert answer["error"]["code"] == "TOO_MANY_CHANNELS"
    assert isinstance(client.conversation, Conversation)
    assert [*client.conversation.subscribed] == ["prices:A", "prices:B"]


def test_a_client_that_stops_reading_is_ended_and_delays_no_other(stage: Stage) -> None:
    """A client that stops reading is disconnected at 256 KB, and delays no other."""
    slow, silent = stage.join()
    _, quick = stage.join()
    for peer in (silent, quick):
        peer.ask(op="subscribe", channels=["candles:BTCUSDT:1m"])
        peer.texts(1)
    count = 0
    while slow.open:
        stage.publish("candles:BTCUSDT:1m", "x" * 8000)
        count += 1
        quick.read()
        assert count < 1000

    assert len(quick.texts(count)) == count
    assert len(stage.clients) == 1
    assert stage.hub.listening == 1


def test_a_slow_client_gets_everything_that_fits(stage: Stage) -> None:
    """A slow client gets all waiting messages in order once it reads again."""
    client, peer = stage.join()
    peer.ask(op="subscribe", channels=["candles:BTCUSDT:1m"])
    peer.texts(1)
    sent: list[Message] = []
    while not client.waiting:
        sent.append(stage.publish("candles:BTCUSDT:1m", f"{len(sent)} {'x' * 8000}"))
    sent += [stage.publish("candles:BTCUSDT:1m", f"{len(sent) + more}") for more in range(5)]

    assert [one["text"].split()[0] for one in peer.texts(len(sent))] == [str(n) for n in range(len(sent))]
    assert not client.waiting


def test_a_message_over_four_kilobytes_ends_the_stream(stage: Stage) -> None:
    """A message over 4 KB closes the connection with 1009, also if it comes in parts."""
    _, peer = stage.join()
    peer.send(TextMessage("x" * 3000, message_finished=False))
    peer.send(TextMessage("x" * 1097))

    assert peer.closed() == 1009


def test_binary_messages_are_refused(stage: Stage) -> None:
    """A binary message closes the connection, because requests are texts."""
    _, peer = stage.join()
    peer.send(BytesMessage(b"x"))

    assert peer.closed() == 1003


def test_a_flood_ends_the_stream(stage: Stage) -> None:
    """Too many messages close the connection, without counting the transport's pings."""
    _, peer = stage.join()
    for _ in range(50):
        peer.send(Ping(b"x"))
    peer.until(lambda: sum(isinstance(one, Pong) for one in peer.frames) == 50)
    for number in range(100):  # more than a second allows, also where a busy machine takes ten to read them
        peer.ask(op="ping", id=number)

    assert peer.closed() == 4029


@pytest.mark.parametrize(
    "part",
    [
        Ping(b""),
        Pong(b""),
        TextMessage("", frame_finished=True, message_finished=False),
        TextMessage(" ", frame_finished=True, message_finished=False),
    ],
)
def test_frames_that_say_nothing_are_bounded(stage: Stage, part: Any) -> None:
    """Too many frames without a message close the connection, because they take time from other clients."""
    _, peer = stage.join()
    peer.send(*[part] * 1000)  # more than a second allows, also where a busy machine takes ten to read them

    assert peer.closed() == 4029


def test_requests_that_wait_are_bounded(stage: Stage) -> None:
    """Too many waiting requests close the connection, because an answer may take minutes."""
    client, peer = stage.join()
    assert isinstance(client, WebSocketClient)
    client._working = True
    client._bucket = Bucket(0.0, 1_000)
    for number in range(60):
        peer.ask(op="ping", id=number)

    assert peer.closed() == 4029


def test_a_close_is_answered(stage: Stage) -> None:
    """A close frame is answered, and ends the client's subscriptions."""
    _, peer = stage.join()
    peer.ask(op="subscribe", channels=["prices:BTC"])
    peer.texts(1)
    peer.send(CloseConnection(1000))

    assert peer.closed() == 1000
    assert stage.hub.listening == 0
    assert stage.clients.of_owner("an address") == 0


def test_a_lost_client_is_forgotten(stage: Stage) -> None:
    """A lost client is removed, and its channel is fed for another minute."""
    _, peer = stage.join()
    peer.ask(op="subscribe", channels=["prices:BTC"])
    peer.texts(1)
    peer.socket.close()
    end = time.monotonic() + 20
    while len(stage.clients):
        gevent.sleep(0.001)
        assert time.monotonic() < end

    assert stage.hub.wanted() == ["prices:BTC"]
    stage.now += 60_000
    assert stage.hub.wanted() == []


def test_a_client_that_leaves_while_its_cursor_is_looked_up_is_no_listener(stage: Stage) -> None:
    """A client that leaves during the search for its cursor is not subscribed."""
    client, peer = stage.join()
    cursor = stage.hub.cursor()
    stage.hub.wait_for = lambda _: client.end(1000, "")
    peer.ask(op="subscribe", channels=["prices:BTC"], after=cursor)

    assert peer.closed() == 1000
    assert stage.hub.listening == 0


def test_silence_is_broken_by_a_heartbeat(stage: Stage) -> None:
    """After silence a heartbeat has the cursor and the time, also without a subscription."""
    client, peer = stage.join()
    begun = client.spoken
    peer.send(Ping(b"its answer is no message"))
    peer.until(lambda: any(isinstance(one, Pong) for one in peer.frames))
    stage.clients.look_after(begun + 14.9)
    stage.clients.look_after(begun + 15)

    assert peer.texts(1) == [{"type": "heartbeat", "cursor": stage.hub.cursor(), "time": stage.now}]


def test_a_revoked_key_ends_its_streams(stage: Stage) -> None:
    """A revoked key ends its streams, and a stream without a key continues."""
    other, _ = stage.join()
    _, peer = stage.join(key="alice")
    stage.keys.clear()
    stage.clients.look_after(time.monotonic())

    assert peer.closed() == 4001
    assert other.open


def test_a_stream_ends_after_a_day(stage: Stage) -> None:
    """A stream ends after a day, and its client is notified a minute before."""
    client, peer = stage.join()
    client.begun -= 86_400 - 59
    for _ in range(2):
        stage.clients.look_after(time.monotonic())
    client.begun -= 60
    stage.clients.look_after(time.monotonic())

    assert peer.closed() == 4024
    assert peer.texts(1) == [{"type": "status", "event": "ending", "data": {"seconds": 60.0}}]


def test_a_stopping_server_notifies_every_client(stage: Stage) -> None:
    """A stopping server closes each connection with 1012, and takes no new clients."""
    _, peer = stage.join()
    stage.clients.stop()

    assert peer.closed() == 1012
    assert stage.clients.full


def test_there_is_room_for_so_many_clients(stage: Stage) -> None:
    """A worker is full at its limit of clients, and the clients of each owner are counted."""
    for _ in range(3):
        assert not stage.clients.full
        stage.join()

    assert stage.clients.full
    assert stage.clients.of_owner("an address") == 3


def test_server_sent_events_have_their_cursors_as_ids(stage: Stage) -> None:
    """Server-sent events have their cursors as ids, which browsers send when they reconnect."""
    client, peer = stage.join(ServerSentClient)
    assert isinstance(client.conversation, Conversation)
    client.conversation.subscribe(["prices:BTC"], closed_only=False, after=None)
    stage.publish("prices:BTC", "new", conflated=True)
    cursor = stage.hub.cursor()
    client.conversation.heartbeat()
    gevent.sleep(0)
    data = peer.socket.recv(10_000).decode()
    subscribed, price, heartbeat, rest = data.split("\n\n")

    assert subscribed == 'data: {"type":"subscribed","id":null,"channels":["prices:BTC"]}'
    assert price == f'id: {cursor}\ndata: {{"type":"candle","text":"new"}}'
    assert heartbeat.startswith(f'id: {cursor}\ndata: {{"type":"heartbeat"')
    assert rest == ""
