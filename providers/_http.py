"""The one way to the network: GET, bounded in time and size.

A `requests.Session` is not promised to be thread-safe, so each is lent to one caller at a time. The
last one returned is lent first: its connection is the likeliest to be open still.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3

from providers._deadline import DEADLINE, DeadlineAdapter
from providers._errors import BadData, Unavailable
from providers._retry import BriefRetry
from providers._room import Room

USER_AGENT = "crypto-data-engine/1.0"
CHUNK = 65_536
DIGITS = 15
"""How long a length may be that is looked at: Python refuses to read very long ones."""
PIECES = 10_000
LEAST_PIECE = 64
"""Bytes that each further piece of a body has on average: reading one costs the same however short it is."""
PIECES_AT_ONCE = 256
BREATH = 0.0001
"""Seconds of rest between them: a socket with something to read never lets other greenlets go on."""
FAILURES = (OSError, ValueError, HTTPException, urllib3.exceptions.HTTPError)
"""What comes of addresses, headers and bodies that are none; `RequestException` is an `OSError`."""
ALWAYS_ROOM = 512 * 1024
"""Bytes of a body that need no room: what others are sent never keeps a usual answer out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two packets and for the whole answer; bytes of its body."""

    connect: float = 2.0
    read: float = 5.0
    total: float = 8.0
    body: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status, and how many seconds its head and then its body took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    head_seconds: float = 0.0
    body_seconds: float = 0.0


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None is followed, so none is looked at: requests would read the whole body first."""


class Http:
    """Asks one provider's hosts, through the proxy that is given for a scheme."""

    def __init__(
        self,
        limits: Limits = Limits(),
        *,
        proxies: Mapping[str, str] | None = None,
        room: Room | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._proxies = dict(proxies or {})
        self._room = room or Room()
        self._clock = clock
        self._idle: deque[requests.Session] = deque()

    def get(
        self,
        url: str,
        params: Mapping[str, object],
        headers: Mapping[str, str],
        most: int | None = None,
    ) -> Reply:
        """The reply to one GET, whose body has `most` bytes at most where that is less than the limit.

        Raises `Unavailable` where none came in time and `BadData` where it is too large.
        Redirects are not followed: they would carry keys to hosts nobody chose.
        """
        start = self._clock()
        deadline = start + self._limits.total
        DEADLINE.set((self._clock, deadline))
        try:
            with (
                self._session(deadline) as session,
                session.get(
                    url,
                    params=dict(params),  # type: ignore[arg-type]
                    headers=headers,
                    timeout=(self._limits.connect, self._limits.read),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                head = self._clock()
                body = self._body(response, min(self._limits.body, most or self._limits.body))
                took = (head - start, self._clock() - head)
                return Reply(response.status_code, response.headers, body, *took)
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise Unavailable(reason="Timeout") from None  # the cause repeats the address, key and all
        except FAILURES:
            raise Unavailable(reason="Connection failed") from None

    def _body(self, response: requests.Response, most: int) -> bytes:
        """What has arrived is counted each time, so that a body without end has one."""
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and (len(announced) > DIGITS or int(announced) > most):
            raise BadData(f"a body of {announced[:60]} bytes")
        body = bytearray()
        taken = pieces = 0
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                body += chunk
                pieces += 1
                large = max(0, len(body) - ALWAYS_ROOM) - taken
                if len(body) > most or not self._room.take(large):
                    raise BadData(f"the body is larger than {len(body) - len(chunk)} bytes")
                taken += large
                if pieces > PIECES + len(body) // LEAST_PIECE:
                    raise BadData("a body in too many pieces")
                if pieces % PIECES_AT_ONCE == 0:
                    time.sleep(BREATH)
            return bytes(body)
        finally:
            self._room.give_back(taken)
            body.clear()  # an error's traceback would keep it

    @contextmanager
    def _session(self, deadline: float) -> Iterator[requests.Session]:
        try:
            session = self._idle.pop()
        except IndexError:
            session = self._new_session()
        for adapter in session.adapters.values():
            adapter.max_retries = BriefRetry.until(deadline, self._clock)  # type: ignore[attr-defined]
        try:
            yield session
        finally:
            self._idle.append(session)

    def _new_session(self) -> requests.Session:
        session = _Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        session.trust_env = False  # the environment is read in one place, and never ~/.netrc
        session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        session.proxies = dict(self._proxies)
        adapter = DeadlineAdapter(pool_connections=4, pool_maxsize=1)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session
