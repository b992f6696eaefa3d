"""Requests that clients repeat byte for byte, so that the same head is parsed and checked once.

gunicorn's parser stays the only one: what is kept is its own result, by the exact bytes that it was given.
"""

from typing import Any

from gunicorn.http.body import Body, LengthReader
from gunicorn.http.message import Request

from engine.concurrency.locks import Lock
from engine.server._body import is_unread
from engine.server._environ import environ_of_head
from engine.web.repeated_requests import Repeat

MOST = 512
"""Heads that one worker keeps."""
LONGEST = 1024
"""Bytes of a head that is kept."""
SECRET = frozenset({"AUTHORIZATION", "COOKIE", "PROXY-AUTHORIZATION", "X-API-KEY"})
"""Headers with secrets, which stay in memory for no longer than their request."""
OF_CONNECTION = frozenset({"unreader", "body", "peer_addr", "remote_addr", "req_number"})
"""Attributes of a request that belong to its connection."""


class KnownHead:
    """What was parsed of a head, and the function that answers it without an environment, if there is one."""

    __slots__ = ("_parsed", "repeat")

    def __init__(self, parsed: dict[str, Any]) -> None:
        self._parsed = parsed
        self.repeat: Repeat | None = None

    @property
    def version(self) -> tuple[int, int]:
        """Return the version of HTTP."""
        version: tuple[int, int] = self._parsed["version"]
        return version

    def request(self, unreader: Any, peer: Any, number: int) -> Request:
        """Return the request with this head on a connection."""
        request = Request.__new__(Request)
        request.__dict__ = {
            **self._parsed,
            "known": self,
            "unreader": unreader,
            "body": Body(LengthReader(unreader, 0)),
            "peer_addr": peer,
            "remote_addr": peer,
            "req_number": number,
        }
        return request


class KnownHeads:
    """Keeps parsed requests without a body, the newest `most`."""

    def __init__(self, config: Any, most: int = MOST) -> None:
        # with other settings than the engine's, the same bytes may mean something else on another connection
        alike = config.proxy_protocol == "off" and "*" in config.forwarded_allow_ips
        self._most = most if alike else 0
        self._lock = Lock()
        self._known: dict[bytes, KnownHead] = {}

    def __len__(self) -> int:
        return len(self._known)

    def find(self, head: bytes) -> KnownHead | None:
        """Return what is known of these bytes, `None` if they have to be parsed."""
        return self._known.get(head)

    def keep(self, head: bytes, request: Any) -> None:
        """Keep what was parsed of a complete `head`, unless it is long, has a body or a secret."""
        if not self._most or len(head) > LONGEST or request.method not in ("GET", "HEAD"):
            return
        if is_unread(request.body) or request._expected_100_continue or request.must_close:
            return
        if not SECRET.isdisjoint(name for name, _ in request.headers):
            return
        parsed = {name: value for name, value in request.__dict__.items() if name not in OF_CONNECTION}
        parsed["environ"] = environ_of_head(request)
        with self._lock:
            self._known[head] = KnownHead(parsed)
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]
