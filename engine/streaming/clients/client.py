"""One client of a stream. What it does not read at once waits in its outbox."""

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
"""Seconds between two looks at a client that takes a long replay."""
Gone = Callable[["Client"], None]


class Talk(Protocol):
    """What a client and the engine say to each other."""

    def heard(self, text: bytes) -> None:
        """Answer a client's text."""

    def end(self) -> None:
        """Stop listening."""

    def heartbeat(self) -> None:
        """Say that nothing has happened."""


class Client:
    """A client on a socket. Subclasses say how messages are framed, and what is received.

    It lives in the loop of its worker: no method may wait.
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
        """Whose limits it counts against."""
        self.key = key
        """The digest of its key, `None` without one."""
        self.begun = self.spoken = time.monotonic()
        """When it was connected, and when it was last given a message (monotonic seconds)."""
        self.conversation: Talk
        self._gone = gone
        self._numbers = 0
        self._outbox: Outbox | None = None
        self._inbox: list[Callable[[], None]] = []
        self._working = False
        self._pipe = Pipe(sock, self.received, self._following, self._closed)

    @property
    def open(self) -> bool:
        """Whether it is still there."""
        return self._pipe.open

    @property
    def taken(self) -> float:
        """When it last took something (monotonic seconds)."""
        return self._pipe.taken

    @property
    def waiting(self) -> bool:
        """Whether something waits to be sent."""
        return self._pipe.full or bool(self._outbox)

    def deliver(self, message: Message) -> None:
        """Send a message, or keep it until the client reads."""
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
        """Wait until the client has taken what waits for it. Return whether that took a while."""
        if not self.waiting:
            return False
        while self.waiting and self._pipe.open:
            gevent.sleep(TURN)
        return True

    def say(self, message: Mapping[str, object]) -> None:
        """Send a message to this client alone."""
        self.deliver(Message(self.own_place(), "", False, encode(message)))

    def own_place(self) -> Place:
        """Return a place that no other message of this client has."""
        self._numbers += 1
        return Place(0, self._numbers)

    def framed(self, message: Message) -> bytes:
        """Return the bytes of a message."""
        raise NotImplementedError

    def received(self, data: bytes) -> None:
        """Take bytes of the client."""
        raise NotImplementedError

    def farewell(self, code: int, reason: str) -> bytes:
        """Return the bytes that end the stream."""
        raise NotImplementedError

    def end(self, code: int, reason: str) -> None:
        """Say why, as far as the socket takes it, and close."""
        self._pipe.close(self.farewell(code, reason))

    def restart(self) -> None:
        """End because the server stops. The client resumes with its cursor."""
        self.end(RESTART, "restart")

    def revoke(self) -> None:
        """End because its key is no longer known."""
        self.end(KEY_INVALID, "the key is unknown, expired or revoked")

    def announce_end(self, seconds: float) -> None:
        """Tell that the stream ends in so many seconds."""
        self.say({"type": "status", "event": "ending", "data": {"seconds": seconds}})

    def tend(self, now: float) -> None:
        """Do what time calls for, by the time `now` (monotonic seconds)."""
        if not self.waiting and now - self.spoken >= HEARTBEAT:
            self.conversation.heartbeat()

    def work(self, text: bytes) -> None:
        """Let the conversation answer a text, in its turn. A greenlet does so, for it may read an archive."""
        self.later(lambda: self.conversation.heard(text))

    def later(self, step: Callable[[], None]) -> None:
        """Take a step in its turn, in a greenlet."""
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
        """Return the bytes of the next message that waits, `None` where none does."""
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
