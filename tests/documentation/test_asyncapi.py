"""The AsyncAPI document is valid and complete, and the engine's messages are as it says."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import pytest
from jsonschema_rs import Draft7Validator

from engine import create_app
from engine.streaming import channels, messages
from engine.streaming.conversation import Conversation, Limits, error
from engine.streaming.cursors import Place
from engine.streaming.hub import Hub
from engine.streaming.log import Message
from engine.streaming.publishing import placed
from engine.streaming.requests import MEMBERS
from engine.upstream.streams.changes import Closed, Corrected, Forming, Missing, SourceChanged, Stale
from providers import Candle
from tests.documented_streams import document, mistakes, names
from tests.engine.web.compat.released import NODE, prepare

EPOCH, CHANNEL, NOW = "7f3a1c08", "candles:BTCUSDT:1m", 1_790_274_226_121
ROW = Candle(1_790_274_180_000, 84410.2, 84410.2, 84390.6, 84390.7, 0.63)


@pytest.mark.servers  # the first test that needs the schema installs it
def test_it_is_valid_by_the_schema_of_its_version() -> None:
    """AsyncAPI's own schema of version 3.0.0 allows the document."""
    prepare()
    schema = json.loads((NODE / "node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json").read_text())
    validator = Draft7Validator(schema)

    assert document()["asyncapi"] == "3.0.0"
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(document())] == []
    assert not validator.is_valid({**document(), "channels": {"socket": {"path": "/api/stream"}}})


def test_every_reference_leads_somewhere() -> None:
    """No reference of the document is without its target."""
    for reference in references(document()):
        found = document()
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def references(node: Any) -> Iterator[str]:
    """Yield all references below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_channel_and_every_request_of_the_engine_is_in_it() -> None:
    """Channels, operations and their members are those that the engine reads."""
    examples = {text.partition(":")[0]: text for text in channels.FORMS.split(", ")}
    found = document()["channels"]
    schemas = document()["components"]["schemas"]
    requests = {name: schema for name, schema in schemas.items() if "op" in schema["properties"]}

    assert set(found) - {"socket", "events"} == set(get_args(channels.Kind)) == set(examples)
    for kind, example in examples.items():
        parts = found[kind]["address"].split(":")
        assert len(parts) <= len(example.split(":")), kind
        assert set(found[kind].get("parameters", {})) == {part[1:-1] for part in parts if "{" in part}
    assert {
        schema["properties"]["op"]["enum"][0]: set(schema["properties"]) for schema in requests.values()
    } == {operation: set(members) for operation, members in MEMBERS.items()}


def test_docs_lead_to_it() -> None:
    """The page of the interface links the document, and so does the OpenAPI document."""
    client = create_app(cache_warming_enabled=False).test_client()

    assert 'href="/asyncapi.json"' in client.get("/docs").text
    assert "(/asyncapi.json)" in client.get("/openapi.json").text
    tag = client.get("/asyncapi.json").headers["ETag"]
    assert client.get("/asyncapi.json", headers={"If-None-Match": tag}).status_code == 304


CHANGES = {
    "forming": messages.candle(Forming("binance", ROW, NOW), "USDT", "binance", NOW),
    "closed": messages.candle(Closed("binance", ROW), "USDT", "binance", NOW),
    "correction": messages.correction(Corrected("binance", ROW, ROW, 1), "USDT", "binance", NOW),
    "source": messages.source(SourceChanged("binance", "kraken", "silent"), "USDT", "binance", "kraken"),
    "gap": messages.gap(Missing(NOW, NOW, "no_trades")),
    "stale": messages.stale(Stale(15.0)),
    "status": messages.status("provider_failed", {"level": "warning", "provider": None}),
}
"""The bodies that the engine publishes, apart from those whose rows tests with providers have."""


@pytest.mark.parametrize("body", CHANGES.values(), ids=CHANGES)
def test_messages_about_channels_are_as_documented(body: dict[str, Any]) -> None:
    """Each message that the engine writes is valid, and so is its snapshot."""
    hub = Hub(EPOCH, lambda: NOW)
    message = placed(EPOCH, Place(NOW, 1), CHANNEL, body, conflated=True)
    hub.publish(message)
    snapshot = message.snapshot()

    assert mistakes(json.loads(message.body)) == []
    assert mistakes(json.loads(snapshot.body)) == []


class AnyChannel:
    """Channels whose texts are their names."""

    def named(self, texts: Sequence[str]) -> list[str]:
        """Return the texts."""
        return [*texts]

    def missed(self, cursor: object, channels: Sequence[str]) -> list[Message]:
        """Return nothing."""
        return []

    def snapshots(self, channels: Sequence[str]) -> list[Message]:
        """Return nothing."""
        return []


class Silent:
    """A listener that takes nothing."""

    open = True

    def pause(self) -> bool:
        """Wait for nothing."""
        return False

    def deliver(self, message: Message) -> None:
        """Leave a message."""


def test_what_a_stream_says_about_itself_is_as_documented() -> None:
    """Requests, their answers, failures, heartbeats and resets are valid."""
    sent: list[Any] = []
    conversation = Conversation(Hub(EPOCH, lambda: NOW), AnyChannel(), Limits(200), Silent(), sent.append)
    requests = [
        {"op": "subscribe", "id": 1, "channels": [CHANNEL], "closedOnly": True, "after": "abcd-1-0"},
        {"op": "unsubscribe", "id": "two", "channels": [CHANNEL]},
        {"op": "list", "id": None},
        {"op": "ping"},
    ]
    conversation.welcome()
    for request in requests:
        conversation.handle(json.dumps(request))
    conversation.handle("{")
    conversation.heartbeat()
    sent.append(error(None, "1012", "restart", None))

    assert [found for message in (*requests, *sent) for found in mistakes(message)] == []
    assert {message["type"] for message in sent} == {
        "welcome",
        "subscribed",
        "reset",
        "unsubscribed",
        "channels",
        "pong",
        "error",
        "heartbeat",
    }


def test_what_is_not_documented_is_noticed() -> None:
    """An unknown type, a missing member, a wrong unit and one too many are found."""
    good = {"type": "gap", "cursor": "a-1-0", "channel": CHANNEL, "from": 1, "to": 2, "reason": "no_trades"}

    assert mistakes(good) == []
    assert mistakes({**good, "type": "trade"})
    assert mistakes({**good, "from": "binance"})
    assert mistakes({**good, "more": 1})
    assert mistakes({key: value for key, value in good.items() if key != "cursor"})
    assert {"price", "candle", "indicator", "news", "sentiment", "snapshot", "subscribe"} <= names()
