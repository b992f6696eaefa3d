"""One connection to a venue, in a thread of its own: what it receives is handed on as it comes."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from engine.upstream.streams.session import Data, Session
from engine.upstream.streams.sockets import Closed, Opener, Socket
from providers import BadData, Blocked, Channel, ProviderError, StreamSource

BAD_FRAMES = 100
"""Frames in a row that cannot be read, after which a connection is useless."""

log = logging.getLogger(__name__)

Receive = Callable[[Data, int], None]
"""Takes the data of a frame, and the time of its arrival (Unix milliseconds)."""
Addresses = Callable[[], list[str]]
"""Returns the addresses of a venue, the preferred one first. Raises a `ProviderError`."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a connection is made, and where its data go. `clock` gives Unix milliseconds."""

    source: StreamSource
    channel: Channel
    addresses: Addresses
    open: Opener
    receive: Receive
    clock: Callable[[], int]


class Connection:
    """Connects, says what is wanted, and reads until it ends. `ended` has the reason then.

    `names` are the topics that it is to have. A connection is never opened again: its successor is a new one.
    """

    def __init__(self, ways: Ways, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self.ended: str | None = None
        self.blocked = False
        """Whether every address refuses this region."""
        self.opened: int | None = None
        self.heard: set[str] = set()
        """The topics that have sent data."""
        self.fault: str | None = None
        """Why a successor is needed, while this one may go on."""
        self.refused: Collection[str] = ()
        self._ways = ways
        self._stopping = threading.Event()
        self._changed = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"stream-{ways.source.name}-{ways.channel}", daemon=True
        )

    def start(self) -> None:
        """Begin, without waiting."""
        self._thread.start()

    def want(self, names: Iterable[str]) -> None:
        """Replace the topics."""
        self.names = tuple(names)
        self._changed.set()

    def stop(self) -> None:
        """Let it end, without waiting."""
        self._stopping.set()

    def _run(self) -> None:
        try:
            self._serve()
        except ProviderError as error:
            self.blocked = isinstance(error, Blocked)
            self.ended = str(error)
        except Closed as closed:
            self.ended = str(closed)
        except Exception as error:
            self.ended = f"internal error: {type(error).__name__}"
            raise

    def _serve(self) -> None:
        socket = self._connected()
        try:
            now = self._ways.clock()
            session = Session(self._ways.source, now)
            session.want(self.names, now)
            self.opened = now
            bad = 0
            while not self._stopping.is_set():
                for text in session.texts(self._ways.clock()):
                    socket.send(text)
                frame = socket.receive()
                now = self._ways.clock()
                if self._changed.is_set():
                    self._changed.clear()
                    session.want(self.names, now)
                if frame:
                    bad = 0 if self._read(session, frame, now) else bad + 1
                elif frame == "":
                    session.alive(now)
                self.refused = session.refused
                self.fault = "unreadable" if bad >= BAD_FRAMES else session.fault(now)
                if self.fault in ("silent", "unanswered", "unreadable"):
                    raise Closed(self.fault)
            self.ended = "stopped"
        finally:
            socket.close()

    def _connected(self) -> Socket:
        """Return a socket to the first address that does not refuse this region."""
        failure: ProviderError = Blocked()
        for address in self._ways.addresses():
            try:
                return self._ways.open(address)
            except Blocked as error:
                failure = error
        raise failure

    def _read(self, session: Session, text: str, now: int) -> bool:
        """Hand on what a frame says. Return whether it could be read."""
        try:
            events = session.received(text, now)
        except BadData as error:
            log.debug("%s: %s", self._ways.source.name, error)
            return False
        for data in events:
            self.heard.add(data.name)
            self._ways.receive(data, now)
        return True
