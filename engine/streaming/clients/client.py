"""One client of a stream. Messages that it does not read at once wait in its outbox."""

import socket
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import gevent

from engine.streaming.clients.pipe import Pipe
from engine.streaming.conversation import HEARTBEAT, KEY_INVALID, RESTART, TOO_SLOW, encode
from engine.streaming.cursors import Place
from engine.streaming.log import Message
from engine.streaming.outbox import Outbox, Overflow

TURN = 0.01
"""Seconds between two checks whether a client has taken its replay."""
Gone = Callable[["Client"], None]


class Talk(Protocol):
    """The conversation of a client, in one protocol."""

    def handle(self, text: bytes) -> None:
        """Parse a client's message, and answer it."""

    def end(self) -> None:
        """End all subscriptions."""

    def heartbeat(self) -> None:
        """Send a heartbeat, if the protocol has one."""


class Client:
    """A client on a socket. Subclasses frame messages and parse received bytes.

    It runs in the event loop of its worker, so no method may wait, except `pause`.
    """

    __slots__ = (
        "__weakref__",
        "_gone",
        "_inbox",
        "_numbers",
        "_outbox",
        "_pipe",
        "_working",
        "begun",
        "conversation",
        "key",
        "owner",
        "spoken",
    )

    def __init__(self, sock: socket.socket, owner: str, key: str | None, gone: Gone) -> None:
        self.owner = owner
        """The owner whose limit includes this client."""
        self.key = key
        """The digest of the client's key, `None` without one."""
        self.begun = self.spoken = time.monotonic()
        """When the client connected, and when it last got a message (monotonic seconds)."""
        self.conversation: Talk
        self._gone = gone
        self._numbers = 0
        self._outbox: Outbox | None = None
        self._inbox: list[Callable[[], None]] = []
        self._working = False
        self._pipe = Pipe(sock, self.received, self._following, self._closed)

    @property
    def open(self) -> bool:
        """Whether the client is still connected."""
        return self._pipe.open

    @property
    def taken(self) -> float:
        """When the client last took bytes (monotonic seconds)."""
        return self._pipe.taken

    @property
    def waiting(self) -> bool:
        """Whether bytes or messages wait to be sent."""
        return self._pipe.full or bool(self._outbox)

    def deliver(self, message: Message) -> None:
        """Send a message, or queue it until the client reads."""
        if not self._pipe.open:
            return
        if not self.waiting:
            self.spoken = time.monotonic()
            self._pipe.send(self.framed(message))
            return
        if self._outbox is None:
            self._outbox = Outbox()
        try:
            self._outbox.put(message)
        except Overflow:
            self.end(TOO_SLOW, "too slow: resume with the cursor")

    def pause(self) -> bool:
        """Wait until the client has taken all its waiting messages. Return whether that took time."""
        if not self.waiting:
            return False
        while self.waiting and self._pipe.open:
            gevent.sleep(TURN)
        return True

    def say(self, message: Mapping[str, object]) -> None:
        """Send a message to this client alone."""
        self.deliver(Message(self.unique_place(), "", False, encode(message)))

    def unique_place(self) -> Place:
        """Return a place that no other message of this client has."""
        self._numbers += 1
        return Place(0, self._numbers)

    def framed(self, message: Message) -> bytes:
        """Return the bytes of a message."""
        raise NotImplementedError

    def received(self, data: bytes) -> None:
        """Parse bytes from the client."""
        raise NotImplementedError

    def farewell(self, code: int, reason: str) -> bytes:
        """Return the bytes that end the stream."""
        raise NotImplementedError

    def end(self, code: int, reason: str) -> None:
        """Close the connection. Send the reason if the socket takes it at once."""
        self._pipe.close(self.farewell(code, reason))

    def restart(self) -> None:
        """Close because the server stops. The client resumes with its cursor."""
        self.end(RESTART, "restart")

    def revoke(self) -> None:
        """Close because the client's key is no longer valid."""
        self.end(KEY_INVALID, "the key is unknown, expired or revoked")

    def announce_end(self, seconds: float) -> None:
        """Announce that the stream ends in `seconds`."""
        self.say({"type": "status", "event": "ending", "data": {"seconds": seconds}})

    def tend(self, now: float) -> None:
        """Send a heartbeat if one is due at `now` (monotonic seconds)."""
        if not self.waiting and now - self.spoken >= HEARTBEAT:
            self.conversation.heartbeat()

    def work(self, text: bytes) -> None:
        """Answer a message after the earlier ones, in a greenlet, because that may read the archive."""
        self.later(lambda: self.conversation.handle(text))

    def later(self, step: Callable[[], None]) -> None:
        """Run a step after the earlier ones, in a greenlet."""
        self._inbox.append(step)
        if not self._working:
            self._working = True
            gevent.spawn(self._answer)

    def _answer(self) -> None:
        try:
            self._pipe.guarded(self._answer_all)
        finally:
            self._working = False

    def _answer_all(self) -> None:
        while self._inbox and self._pipe.open:
            self._inbox.pop(0)()

    def _following(self) -> bytes | None:
        """Return the bytes of the next waiting message, `None` if none waits."""
        message = self._outbox.take() if self._outbox is not None else None
        if message is None:
            self._outbox = None
            return None
        self.spoken = time.monotonic()
        return self.framed(message)

    def _closed(self) -> None:
        self._outbox = None
        self.conversation.end()
        self._gone(self)
