"""Encode WebSocket frames (RFC 6455) and server-sent events once for all clients of a message."""

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
_FINAL = 0x80
_SHORT, _MEDIUM = 125, 0xFFFF


def text_frame(body: bytes) -> bytes:
    """Return a complete text message of a server: one frame without a mask."""
    return frame(TEXT, body)


def frame(code: int, body: bytes) -> bytes:
    """Return a final frame with an opcode."""
    head = _FINAL | code
    if len(body) <= _SHORT:
        return bytes((head, len(body))) + body
    if len(body) <= _MEDIUM:
        return bytes((head, 126)) + len(body).to_bytes(2, "big") + body
    return bytes((head, 127)) + len(body).to_bytes(8, "big") + body


def close_frame(code: int, reason: str) -> bytes:
    """Return the frame that closes a connection."""
    return frame(CLOSE, code.to_bytes(2, "big") + reason.encode()[:120])


def event(body: bytes, cursor: str | None) -> bytes:
    """Return an event without a name, which browsers pass to `onmessage`."""
    head = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return head + b"data: " + body + b"\n\n"
