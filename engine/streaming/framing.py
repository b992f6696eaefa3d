"""Bytes of WebSockets (RFC 6455) and of server-sent events, for messages that many clients get alike."""

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
_FINAL = 0x80
_SHORT, _MEDIUM = 125, 0xFFFF


def text_frame(body: bytes) -> bytes:
    """Return a whole text message as the server sends it: in one frame, without a mask."""
    return frame(TEXT, body)


def frame(code: int, body: bytes) -> bytes:
    """Return a final frame of a kind."""
    head = _FINAL | code
    if len(body) <= _SHORT:
        return bytes((head, len(body))) + body
    if len(body) <= _MEDIUM:
        return bytes((head, 126)) + len(body).to_bytes(2, "big") + body
    return bytes((head, 127)) + len(body).to_bytes(8, "big") + body


def close_frame(code: int, reason: str) -> bytes:
    """Return the frame that ends a connection."""
    return frame(CLOSE, code.to_bytes(2, "big") + reason.encode()[:120])


def event(body: bytes, cursor: str | None) -> bytes:
    """Return an event of a stream, without a name: browsers hand it to `onmessage`."""
    head = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return head + b"data: " + body + b"\n\n"
