"""Send one POST on a connection, and read its answer, with h11."""

from collections.abc import Mapping

import h11

from engine.alerts.connection import Connection
from engine.alerts.reply import NoReply, Reply
from engine.alerts.webhook_url import WebhookUrl
from engine.version import VERSION

HEAD_BYTES = 16 * 1024
"""The most bytes of the status line and the headers."""
BODY_BYTES = 4096
"""Bytes of the answer that are read and discarded, so that most receivers can send it completely."""


def exchange(connection: Connection, url: WebhookUrl, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send `body`, and return the answer. Raises `NoReply`, `OSError` or `UnicodeError`."""
    try:
        return _exchange(connection, url, body, headers)
    except h11.RemoteProtocolError:
        raise NoReply("Bad answer") from None


def _exchange(connection: Connection, url: WebhookUrl, body: bytes, headers: Mapping[str, str]) -> Reply:
    required = {
        "Host": url.authority,
        "User-Agent": f"crypto-data-engine/{VERSION}",
        "Content-Type": "application/json",
        "Content-Length": f"{len(body)}",
        "Connection": "close",
    }
    lines = [*required.items(), *((name, text) for name, text in headers.items() if name not in required)]
    state = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
    head = state.send(h11.Request(method="POST", target=url.path, headers=lines)) or b""
    connection.send(head + (state.send(h11.Data(data=body)) or b""))
    state.send(h11.EndOfMessage())
    return _answer(connection, state)


def _answer(connection: Connection, state: h11.Connection) -> Reply:
    """Return the answer's head. The body is read up to a limit, and errors in it are ignored."""
    reply: Reply | None = None
    received = 0
    while True:
        try:
            event = state.next_event()
            while event is not h11.NEED_DATA:
                if isinstance(event, h11.Response):
                    reply = _reply(event)
                elif not isinstance(event, h11.InformationalResponse | h11.Data):
                    break
                event = state.next_event()
            if reply is not None and (event is not h11.NEED_DATA or received >= BODY_BYTES):
                return reply
            if received > HEAD_BYTES:
                raise NoReply("Bad answer")
            data = connection.receive()
            received += len(data)
            state.receive_data(data)
        except (OSError, h11.RemoteProtocolError):
            if reply is None:
                raise
            return reply


def _reply(event: h11.Response) -> Reply:
    headers = dict(event.headers)
    return Reply(event.status_code, headers.get(b"retry-after", b"").decode("latin-1"))
