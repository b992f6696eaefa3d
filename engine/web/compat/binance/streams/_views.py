"""`/ws` and `/stream`: WebSockets with raw and with wrapped payloads."""

import socket
from collections.abc import Sequence

from flask import Blueprint, current_app, request

from engine.errors import InvalidRequest
from engine.streaming.conversation import FULL
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat.binance.streams._conversation import MOST, Conversation
from engine.web.compat.binance.streams._directory import BinanceStreams
from engine.web.compat.binance.streams._stream import Options
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from engine.web.streaming.opening import (
    StreamResponse,
    current_streaming,
    handshake,
    stream_caller,
    take_over,
)
from schemas.compat import binance as shapes

UNITS = {"MILLISECOND": 1, "MICROSECOND": 1000}
SOCKET = {
    "type": "string",
    "description": "101: a WebSocket with Binance's messages. docs/clients.md describes what is served.",
    "x-media-type": "text/plain",
    "x-endless": True,
}


@limiter.limit(quota("default"))
@endpoint(query=shapes.SocketQuery, answer=SOCKET, failure=shapes.Error, failures=(401, 403, 404, 426))
def get_raw(names: str, unit: str, sources: str) -> StreamResponse:
    """Open a WebSocket whose payloads are those of the streams in the address, or of later requests."""
    return _opened(names.split("/"), _options(unit, sources), combined=False)


@limiter.limit(quota("default"))
@endpoint(query=shapes.CombinedQuery, answer=SOCKET, failure=shapes.Error, failures=(401, 403, 404, 426))
def get_combined(streams: str, unit: str, sources: str) -> StreamResponse:
    """Open a WebSocket whose payloads name their stream."""
    names, _, second = streams.partition("?timeUnit=")  # python-binance writes a second question mark
    return _opened(names.split("/"), _options(second or unit, sources), combined=True)


def register(bp: Blueprint) -> None:
    """Add the addresses, also without upgrades, so that other requests get an error that explains it."""
    for websocket in (True, False):
        bp.add_url_rule("/ws", view_func=get_raw, defaults={"names": ""}, websocket=websocket)
        bp.add_url_rule("/ws/<path:names>", view_func=get_raw, websocket=websocket)
        bp.add_url_rule("/stream", view_func=get_combined, websocket=websocket)


def _options(unit: str, sources: str) -> Options:
    """Return the options in the address. Raises Binance's refusal of an unknown unit of time."""
    if unit.upper() not in UNITS:
        message = "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
        raise InvalidRequest(message, {"timeUnit": {"code": -1194, "msg": message}})
    return Options(UNITS[unit.upper()], sources == "true")


def _streams() -> BinanceStreams:
    """Return the streams of this worker. Raises `FeatureDisabled`."""
    streaming, catalogue = current_streaming(), current_services().catalogue
    within = current_app.app_context
    return streaming.dialects.get(BinanceStreams, lambda: BinanceStreams(streaming, catalogue, within))


def _opened(names: Sequence[str], options: Options, *, combined: bool) -> StreamResponse:
    """Take the socket over, and subscribe to the names. Raises `ApiError`."""
    streams = _streams()
    headers = handshake(request.environ)
    caller = stream_caller(None)
    # Here, since a start needs no wsproto.
    from engine.web.compat.binance.streams._client import BinanceClient

    most = min(MOST, caller.limits.channels)
    if len(names) > most:
        message = f"A connection has at most {most} streams."
        raise InvalidRequest(message, {"streams": {"code": -1128, "msg": message}})

    def begin(sock: socket.socket) -> None:
        clients = streams.streaming.clients
        room = clients.take(caller.owner, caller.limits.streams)
        client = BinanceClient(sock, caller.owner, caller.digest, clients.remove, combined=combined)
        conversation = Conversation(streams, client, caller.limits.channels, options)
        client.conversation = conversation
        if not room:
            client.end(FULL, "too many streams")
            return
        clients.add(client)
        client.later(lambda: conversation.begin(names))

    return take_over(begin, StreamResponse(status=101, headers=headers))
