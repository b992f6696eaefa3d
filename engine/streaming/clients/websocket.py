"""A client on a WebSocket. Its parser, of wsproto, is created for the first bytes that it sends."""

import socket
import time

from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed

from engine.streaming.clients.client import Client, Gone
from engine.streaming.conversation import FLOOD, LONGEST, MESSAGE_TOO_BIG, Bucket, Flood
from engine.streaming.framing import PONG, close_frame, frame
from engine.streaming.log import Message

NORMAL, UNSUPPORTED = 1000, 1003
"""Close codes."""
FRAMES, FRAMES_EACH_SECOND = 200, 50
"""Frames that a client may send at once, and per second: pings and parts of messages cost time, too."""
UNANSWERED = 50
"""Messages of a client that may wait for the answer to an earlier one."""


class WebSocketClient(Client):
    """A client that sends requests of at most `longest` bytes."""

    longest = LONGEST
    __slots__ = ("_bucket", "_frames", "_parser", "_text")

    def __init__(self, sock: socket.socket, owner: str, key: str | None, gone: Gone) -> None:
        now = time.monotonic()
        self._bucket, self._frames = Bucket(now), Bucket(now, FRAMES, FRAMES_EACH_SECOND)
        self._parser: FrameProtocol | None = None
        self._text = b""
        super().__init__(sock, owner, key, gone)

    def framed(self, message: Message) -> bytes:
        """Return the frame of a message, which all clients share."""
        return message.frame

    def farewell(self, code: int, reason: str) -> bytes:
        """Return a close frame."""
        return close_frame(code, reason)

    def answered(self) -> None:
        """Note that the client has answered a ping."""

    def received(self, data: bytes) -> None:
        """Answer pings and close frames, and pass complete messages on."""
        if self._parser is None:
            self._parser = FrameProtocol(client=False, extensions=[])
        try:
            self._parser.receive_bytes(data)
            for part in self._parser.received_frames():
                if part.frame_finished:
                    self._frames.take(time.monotonic())
                self._take(part.opcode, part.payload, finished=part.message_finished)
                if not self.open:
                    return
        except ParseFailed as failed:
            self.end(int(failed.code), str(failed))
        except Flood:
            self.end(FLOOD, "too many messages")
        if len(self._inbox) > UNANSWERED:
            self.end(FLOOD, "too many messages wait for their answers")

    def _take(self, code: Opcode, payload: object, *, finished: bool) -> None:
        if code is Opcode.CLOSE:
            self.end(NORMAL, "")
        elif code is Opcode.BINARY:
            self.end(UNSUPPORTED, "only texts are understood")
        elif code is Opcode.PING and isinstance(payload, bytes | bytearray):
            if not self.waiting:
                self._pipe.send(frame(PONG, bytes(payload)))
        elif code is Opcode.PONG:
            self.answered()
        elif code in (Opcode.TEXT, Opcode.CONTINUATION) and isinstance(payload, str):
            self._text += payload.encode()
            if len(self._text) > self.longest:
                self.end(MESSAGE_TOO_BIG, f"a message has {self.longest // 1024} KB at most")
            elif finished:
                text, self._text = self._text, b""
                self._bucket.take(time.monotonic())
                self.work(text)
