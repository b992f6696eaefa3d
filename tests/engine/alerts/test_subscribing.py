"""Messages of the streams for rules, in the worker that publishes them and in another one."""

from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from engine.alerts.channel_message import ChannelMessage
from engine.alerts.subscribing import Subscribing
from engine.streaming.channels import read_channel
from engine.streaming.cursors import Cursor, Place
from engine.streaming.hub import Hub
from engine.streaming.message import Message
from engine.streaming.publishing import LocalPublisher
from tests.engine.alerts.receiving import Inline
from tests.engine.alerts.stating import CATALOGUE, NOW, row

PRICES = "prices:BTC"
BODY = {"type": "price", "data": row(100), "sourceTime": NOW, "receivedAt": NOW}


class Stage:
    """A hub, and the messages that rules get from it."""

    def __init__(self) -> None:
        self.hub = Hub("7f3a", lambda: NOW)
        self.publisher = LocalPublisher(self.hub, lambda: NOW)
        self.messages: list[ChannelMessage] = []
        streaming: Any = SimpleNamespace(hub=self.hub, named=lambda texts: texts)
        nothing: Any = None
        self.subscribing = Subscribing(
            streaming, nothing, nothing, Inline(), self.messages.append, lambda: NOW
        )

    def subscribe(self) -> None:
        """Subscribe to the prices of Bitcoin."""
        self.subscribing.subscribe({PRICES: read_channel(PRICES, CATALOGUE, NOW / 1000)})


@pytest.fixture
def stage() -> Stage:
    """Return a hub without listeners."""
    return Stage()


def test_what_this_worker_feeds_is_received_as_it_was_published(stage: Stage) -> None:
    """Rules get the published object, without parsing its JSON. The log keeps only bytes of old messages."""
    stage.publisher.publish(PRICES, BODY, conflated=True)
    stage.subscribe()
    older = stage.hub.log.newest(PRICES)
    stage.publisher.publish(PRICES, BODY, conflated=True)

    assert older is not None
    assert older.said is None
    assert [it.body is BODY for it in stage.messages] == [True, True]
    assert [it.cursor for it in stage.messages] == [str(Cursor("7f3a", Place(NOW, n))) for n in (1, 2)]


def test_what_another_worker_feeds_is_received_from_its_bytes(stage: Stage) -> None:
    """A message from another worker has the same content, which is parsed from its bytes."""
    stage.subscribe()
    body = orjson.dumps(BODY)
    stage.hub.publish(Message(Place(NOW, 7), PRICES, True, body, "price", "7f3a"))
    [message] = stage.messages

    assert (message.body, message.cursor) == (BODY, str(Cursor("7f3a", Place(NOW, 7))))


def test_after_a_break_the_state_of_each_channel_is_received(stage: Stage) -> None:
    """A restart of the hub sends rules a snapshot of each channel, with the type of its last message."""
    stage.subscribe()
    stage.publisher.publish(PRICES, BODY, conflated=True)
    stage.hub.restart("8a4b")
    snapshot = stage.messages[-1]

    assert (snapshot.body["type"], snapshot.body["of"], snapshot.body["data"]) == (
        "snapshot",
        "price",
        row(100),
    )
    assert str(snapshot.cursor).startswith("8a4b-")
