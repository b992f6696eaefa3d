"""One connection to a venue, in its own thread, which passes data on as they arrive."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable
from typing import Literal

import msgspec

from engine.upstream.streams.hosts import Hosts
from engine.upstream.streams.session import Data, Session
from engine.upstream.streams.sockets import Closed, Opener, Socket
from providers import BadData, Blocked, Channel, ProviderError, RateLimited, StreamSource, Unavailable

BAD_FRAMES = 100
"""Consecutive unreadable frames after which a connection is closed."""

log = logging.getLogger(__name__)

Refusal = Literal["region", "rules"]

Receive = Callable[[Data, int], None]
"""Receives the data of a frame and the time of its arrival (Unix milliseconds)."""
Addresses = Callable[[], list[str]]
"""Returns the addresses of a venue, the preferred one first. Raises a `ProviderError`."""


class Ways(msgspec.Struct, frozen=True):
    """How a connection is opened, and what receives its data. `clock` returns Unix milliseconds."""

    source: StreamSource
    channel: Channel
    addresses: Addresses
    open: Opener
    receive: Receive
    clock: Callable[[], int]
    hosts: Hosts = msgspec.field(default_factory=Hosts)


class Connection:
    """Connects, subscribes to the topics `names`, and reads until it ends. `ended` then has the reason.

    An ended connection is replaced by a new object.
    """

    def __init__(self, ways: Ways, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self.ended: str | None = None
        self.refusal: Refusal | None = None
        """Why the next attempt must wait long: every address refuses the region, or rules were broken."""
        self.address = ""
        self.opened: int | None = None
        self.active: set[str] = set()
        """The topics that have sent data."""
        self.fault: str | None = None
        """Why a successor is needed, while this connection may continue."""
        self.refused: Collection[str] = ()
        self._ways = ways
        self._stopping = threading.Event()
        self._changed = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"stream-{ways.source.name}-{ways.channel}", daemon=True
        )

    def start(self) -> None:
        """Start the thread, without waiting."""
        self._thread.start()

    def want(self, names: Iterable[str]) -> None:
        """Replace the topics."""
        self.names = tuple(names)
        self._changed.set()

    def stop(self) -> None:
        """End the connection, without waiting."""
        self._stopping.set()

    def _run(self) -> None:
        try:
            self._serve()
        except ProviderError as error:
            if isinstance(error, Blocked):
                self.refusal = "region"
            elif isinstance(error, RateLimited):
                self.refusal = "rules"
            self.ended = str(error)
        except Closed as closed:
            if self._ways.source.is_breach(closed.code):
                self.refusal = "rules"
                self._ways.hosts.avoid(self.address, self._ways.clock())
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
        """Return a socket to the first address that can be opened. Skip those that refuse this region."""
        hosts = self._ways.hosts
        addresses = hosts.in_order(self._ways.addresses(), self._ways.clock())
        failures: list[ProviderError] = []
        for self.address in addresses:
            try:
                return self._ways.open(self.address)
            except RateLimited:
                raise
            except Blocked as error:
                hosts.block(self.address, self._ways.clock())
                failures.append(error)
            except Unavailable as error:
                failures.insert(0, error)
        raise failures[0] if failures else Blocked()

    def _read(self, session: Session, text: str, now: int) -> bool:
        """Pass the data of a frame on. Return whether the frame was readable."""
        try:
            events = session.received(text, now)
        except BadData as error:
            log.debug("unreadable frame of %s: %s", self._ways.source.name, error)
            return False
        for data in events:
            self.active.add(data.name)
            self._ways.receive(data, now)
        return True
