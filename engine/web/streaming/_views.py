"""`/api/stream`: WebSockets, server-sent events, the replay, and tickets for browsers."""

import socket
from collections.abc import Sequence
from http import HTTPStatus

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from engine.errors import ApiError, InvalidRequest
from engine.streaming.clients import ServerSentClient
from engine.streaming.conversation import FULL
from engine.streaming.cursors import Cursor, parse_cursor
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.endpoint import endpoint
from engine.web.errors import error_of, from_http_exception, response_of, response_of_exception
from engine.web.services import current_services
from engine.web.streaming._caller import TICKET_SECONDS, StreamCaller, caller_of, issue
from engine.web.streaming.opening import (
    StreamResponse,
    current_streaming,
    handshake,
    stream_caller,
    take_over,
)
from schemas.streaming import EventsQuery, SinceAnswer, SinceQuery, StreamQuery, TicketAnswer

PATH = "/api/stream"
bp = Blueprint("streaming", __name__, url_prefix=PATH)
RETRY = 3000
"""Milliseconds after which a browser reconnects."""
FIRST = 1000
"""Most messages of one replay."""
SOCKET = {
    "type": "string",
    "description": "101: a WebSocket. docs/streams.md describes its messages.",
    "x-media-type": "text/plain",
    "x-endless": True,
}
EVENTS = {
    "type": "string",
    "description": "Messages as docs/streams.md describes them, each with its cursor as `id`.",
    "x-media-type": "text/event-stream",
    "x-endless": True,
}
EVENTS_VIEW = "streaming.get_events"
TEMPORARY = (429, 503)
"""Statuses of temporary failures, sent with 200: EventSource never reconnects after an error status."""


@bp.get("", websocket=True)
@bp.get("")
@limiter.limit(quota("default"))
@endpoint(query=StreamQuery, answer=SOCKET, failures=(400, 401, 403, 404, 426))
def get_stream(ticket: str | None) -> StreamResponse:
    """Open a WebSocket. Messages are described in docs/streams.md."""
    streaming = current_streaming()
    headers = handshake(request.environ)
    caller = stream_caller(ticket)
    from engine.streaming.clients.websocket import WebSocketClient  # here, since a start needs no wsproto

    def begin(sock: socket.socket) -> None:
        room = streaming.clients.take(caller.owner, caller.limits.streams)
        client = WebSocketClient(sock, caller.owner, caller.digest, streaming.clients.remove)
        client.conversation = streaming.conversation(client, client.say, caller.limits.channels)
        if not room:
            client.end(FULL, "too many streams")
            return
        streaming.clients.add(client)
        client.conversation.welcome()

    return take_over(begin, StreamResponse(status=101, headers=headers))


@bp.get("/sse")
@limiter.limit(quota("default"))
@endpoint(query=EventsQuery, answer=EVENTS, failures=(400, 401, 403, 404, 503))
def get_events(
    channels: list[str], closed_only: bool, after: str | None, ticket: str | None
) -> StreamResponse:
    """Open a stream of server-sent events (`text/event-stream`)."""
    streaming = current_streaming()
    caller = stream_caller(ticket)
    last = request.headers.get("Last-Event-ID")
    cursor = _cursor("Last-Event-ID", last) if last else _cursor("after", after)
    _require_room(channels, caller)
    names = streaming.named(channels)
    if streaming.clients.full or streaming.clients.of_owner(caller.owner) >= caller.limits.streams:
        raise ApiError("Too many streams", code="STREAM_FULL", status=503, retry_after=RETRY // 1000)

    def begin(sock: socket.socket) -> None:
        room = streaming.clients.take(caller.owner, caller.limits.streams)
        client = ServerSentClient(sock, caller.owner, caller.digest, streaming.clients.remove)
        client.conversation = streaming.conversation(client, client.say, caller.limits.channels)
        if not room:
            client.end(FULL, "too many streams")
            return
        streaming.clients.add(client)
        client.conversation.subscribe(names, closed_only=closed_only, after=cursor)

    return take_over(begin, StreamResponse(headers=_event_headers()))


@bp.get("/since")
@limiter.limit(quota("default"))
@endpoint(query=SinceQuery, answer=SinceAnswer, failures=(400, 401, 404))
def get_since(cursor: str, channels: list[str]) -> StreamResponse:
    """Get the messages after a cursor, the oldest first, at most 1000."""
    streaming = current_streaming(detached=False)
    after = _required("cursor", cursor)
    services = current_services()
    _require_room(channels, caller_of(services.callers, services.store, request.environ, None))
    found, last, more = streaming.since(after, channels, FIRST)
    body = b'{"success":true,"data":[%s],"meta":%s}' % (
        b",".join(found),
        orjson.dumps({"cursor": last, "more": more}),
    )
    return StreamResponse(body, headers={"Cache-Control": "no-store"}, mimetype="application/json")


@bp.post("/ticket")
@limiter.limit(quota("default"))
@endpoint(answer=TicketAnswer, failures=(401, 404), keyed=True)
def post_ticket() -> dict[str, object]:
    """Get a ticket for one stream of a browser, which cannot send a key with it."""
    current_streaming(detached=False)
    services = current_services()
    ticket = issue(services.callers, services.store, request.environ)
    return {"success": True, "data": {"ticket": ticket, "expiresIn": int(TICKET_SECONDS)}}


def _cursor(name: str, text: str | None) -> Cursor | None:
    return _required(name, text) if text else None


def _required(name: str, text: str) -> Cursor:
    """Return the cursor that a parameter or header has. Raises `InvalidRequest`."""
    cursor = parse_cursor(text)
    if cursor is None:
        raise InvalidRequest("The request is not valid", {name: ["is no cursor"]})
    return cursor


def _require_room(channels: Sequence[str], caller: StreamCaller) -> None:
    """Raise `ApiError` for more channels than the caller's tier allows."""
    if len(channels) > caller.limits.channels:
        limit = {"limit": caller.limits.channels}
        raise ApiError("Too many channels", limit, code="TOO_MANY_CHANNELS", status=400)


def _event_headers() -> dict[str, str]:
    return {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
    }


@bp.errorhandler(ApiError)
def _answer_failure(failure: ApiError) -> Response:
    return _as_event(failure) or response_of(failure)


@bp.errorhandler(HTTPStatus.TOO_MANY_REQUESTS)
def _answer_breach(breach: HTTPException) -> Response:
    """Answer a request beyond the quota, which is refused before its view is called."""
    return _as_event(from_http_exception(breach)) or response_of_exception(breach)


def _as_event(failure: ApiError) -> Response | None:
    """Return a temporary failure as an event, because browsers never reconnect after an error status."""
    wants_events = "text/event-stream" in request.headers.get("Accept", "")
    if failure.status not in TEMPORARY or not wants_events or request.endpoint != EVENTS_VIEW:
        return None
    message = orjson.dumps({"type": "error", "id": None, "error": error_of(failure)})
    retry = RETRY if failure.retry_after is None else failure.retry_after * 1000
    return StreamResponse(b"retry: %d\ndata: %s\n\n" % (retry, message), headers=_event_headers())
