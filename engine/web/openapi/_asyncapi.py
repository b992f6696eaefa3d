"""The AsyncAPI 3 document of streams, made from the schemas of their messages and the engine's limits."""

from collections.abc import Iterable, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import Schema

from engine.streaming import conversation
from engine.streaming.channels import FORMS
from engine.version import VERSION
from engine.web.openapi._samples import HOST
from engine.web.streaming import PATH, PROTOCOL
from providers import INTERVALS
from schemas.stream_conversation import ABOUT_STREAM, REQUESTS
from schemas.stream_messages import OF_CHANNELS

TITLE = "Crypto data engine: streams"
SUMMARY = f"""\
A client subscribes to channels once, over a WebSocket or server-sent events, and resumes with a cursor.

The texts of channels are the addresses of the channels below: {FORMS}. A client may send
{conversation.BURST} messages at once and {conversation.EACH_SECOND} in each second, of {conversation.LONGEST}
bytes each. docs/streams.md has clients in several languages. Requests are described in /openapi.json.
"""
PARAMETERS: dict[str, dict[str, Any]] = {
    "coin": {"description": "A coin, by any name that requests accept", "examples": ["BTC"]},
    "pair": {"description": "A pair, by any name that requests accept", "examples": ["BTCUSDT"]},
    "interval": {"description": "The length of a candle", "enum": list(INTERVALS)},
    "indicator": {"description": "An indicator with its parameters", "examples": ["rsi:14"]},
}
ADDRESSES = {
    "prices": "prices:{coin}",
    "candles": "candles:{pair}:{interval}",
    "indicators": "indicators:{pair}:{interval}:{indicator}",
}
"""The texts of channels; those of other kinds are their names."""
CLOSE_CODES = {
    conversation.MESSAGE_TOO_BIG: "a message is too long",
    conversation.RESTART: "the server restarts: resume with the cursor",
    conversation.FULL: "too many streams",
    conversation.KEY_INVALID: "the key is unknown, expired or revoked",
    conversation.TOO_SLOW: "the client is too slow: resume with the cursor",
    conversation.AGED: "the stream is a day old: resume with the cursor",
    conversation.FLOOD: "the client sends too many messages",
}
KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, which raises the limits"},
    "ticket": {
        "type": "httpApiKey",
        "in": "query",
        "name": "ticket",
        "description": "A ticket of POST /api/stream/ticket, for browsers",
    },
}


def document(app: Flask) -> dict[str, Any]:
    """Build the document. It is the same for every application."""
    kinds = [*REQUESTS, *ABOUT_STREAM, *(kind for kinds in OF_CHANNELS.values() for kind in kinds)]
    events = [kind for kind in dict.fromkeys(kinds) if kind not in REQUESTS]
    host = HOST.partition("//")[2]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": SUMMARY,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "socket": {"host": host, "protocol": "ws", "description": "WebSockets; wss behind TLS"},
            "events": {"host": host, "protocol": "http", "description": "Server-sent events"},
        },
        "channels": {
            "socket": _transport_channel("socket", PATH, kinds),
            "events": _transport_channel("events", f"{PATH}/sse", events),
            **{name: _channel(name, messages) for name, messages in OF_CHANNELS.items()},
        },
        "operations": _operations(),
        "components": {
            "schemas": _schemas(kinds),
            "messages": {_name(kind): _message(kind) for kind in kinds},
            "securitySchemes": KEYS,
        },
        "x-close-codes": {str(code): meaning for code, meaning in CLOSE_CODES.items()},
    }


def _transport_channel(server: str, path: str, kinds: Iterable[type[Schema]]) -> dict[str, Any]:
    """Return a channel of the transport, which carries all others."""
    bindings = {"ws": {"method": "GET"}} if server == "socket" else {}
    return {
        "address": path,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": _references(kinds),
        "bindings": bindings,
        **({"description": f"Subprotocol {PROTOCOL}"} if bindings else {}),
    }


def _channel(kind: str, messages: Iterable[type[Schema]]) -> dict[str, Any]:
    address = ADDRESSES.get(kind, kind)
    parameters = {name: it for name, it in PARAMETERS.items() if f"{{{name}}}" in address}
    return {
        "address": address,
        "messages": _references(messages),
        **({"parameters": parameters} if parameters else {}),
    }


def _operations() -> dict[str, Any]:
    """Return the operations of the engine: it receives requests, and sends the messages of channels."""
    receiving: dict[str, Any] = {
        "action": "receive",
        "title": "Requests of a client",
        "channel": {"$ref": "#/channels/socket"},
        "messages": _links("socket", REQUESTS),
        "reply": {"channel": {"$ref": "#/channels/socket"}, "messages": _links("socket", ABOUT_STREAM)},
    }
    sending = {
        f"tell{kind.title()}": {
            "action": "send",
            "title": f"Messages of {kind}",
            "channel": {"$ref": f"#/channels/{kind}"},
            "messages": _links(kind, messages),
        }
        for kind, messages in OF_CHANNELS.items()
    }
    return {"hear": receiving, **sending}


def _references(kinds: Iterable[type[Schema]]) -> dict[str, Any]:
    return {_name(kind): {"$ref": f"#/components/messages/{_name(kind)}"} for kind in kinds}


def _links(channel: str, kinds: Iterable[type[Schema]]) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/{channel}/messages/{_name(kind)}"} for kind in kinds]


def _message(kind: type[Schema]) -> dict[str, Any]:
    words: Mapping[str, Any] = kind().fields
    name = next(words[word].metadata["enum"][0] for word in ("op", "type") if word in words)
    return {
        "name": name,
        "summary": (kind.__doc__ or "").partition("\n")[0],
        "payload": {"$ref": f"#/components/schemas/{_name(kind)}"},
    }


def _schemas(kinds: Iterable[type[Schema]]) -> dict[str, Any]:
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(TITLE, VERSION, "3.1.0", plugins=[plugin])
    for kind in dict.fromkeys(kinds):
        if _name(kind) not in spec.components.schemas:  # those within others are there already
            spec.components.schema(_name(kind), schema=kind)
    found: dict[str, Any] = spec.to_dict()["components"]["schemas"]
    return found


def _name(schema: type[Schema] | Schema) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Message")
