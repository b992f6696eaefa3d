"""The only module that opens connections: GET and POST requests, bounded in time and size.

The documentation does not promise that a `requests.Session` is thread-safe, so each session serves one
caller at a time. Callers get the most recently used one, whose connection is most likely still open.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy

import msgspec
import requests
import urllib3

from providers._capacity import Capacity
from providers._causes import cause, host
from providers._deadline import DEADLINE, DeadlineAdapter
from providers._errors import BadData, Unavailable
from providers._retry import BriefRetry

USER_AGENT = "crypto-data-engine/1.0"
CHUNK = 65_536
MAX_LENGTH_DIGITS = 15
"""Digits of the longest `Content-Length` that is parsed: Python refuses very long numbers."""
FREE_CHUNKS = 10_000
LEAST_CHUNK = 64
"""Average bytes required of each further chunk of a body, since reading a chunk has a fixed cost."""
CHUNKS_AT_ONCE = 256
PAUSE = 0.0001
"""Seconds between them: a socket that always has data would never yield to other greenlets."""
FAILURES = (OSError, ValueError, HTTPException, urllib3.exceptions.HTTPError)
"""The errors of invalid addresses, headers and bodies; `RequestException` is an `OSError`."""
UNCOUNTED_BYTES = 512 * 1024
"""Bytes of each body that take no capacity, so that large bodies never displace ordinary ones."""
IDLE_SECONDS = 60.0
"""Seconds after which unused connections are closed, as most servers close them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two packets and for the entire response, and bytes of its body."""

    connect: float = 2.0
    read: float = 5.0
    total: float = 8.0
    body: int = 16 * 1024 * 1024


class Reply(msgspec.Struct, frozen=True):
    """A response of any status of `host`, with the seconds that its head and then its body took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    head_seconds: float = 0.0
    body_seconds: float = 0.0
    host: str = ""


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Ignore redirects: to follow one, requests would first read the entire body."""


class Http:
    """A client for one provider's hosts, with an optional proxy for each scheme."""

    def __init__(
        self,
        limits: Limits = Limits(),
        *,
        proxies: Mapping[str, str] | None = None,
        capacity: Capacity | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._proxies = dict(proxies or {})
        self._capacity = capacity or Capacity()
        self._clock = clock
        self._idle: deque[tuple[requests.Session, float]] = deque()

    def get(
        self,
        url: str,
        params: Mapping[str, object],
        headers: Mapping[str, str],
        max_bytes: int | None = None,
    ) -> Reply:
        """Send one GET and return the reply. `max_bytes` bounds its body further than the limit.

        Raises `Unavailable` if no reply arrives in time and `BadData` if it is too large. A redirect is
        returned as it is: to follow one would send keys to hosts that the operator did not choose.
        """
        return self._send("GET", url, params, headers, max_bytes)

    def post(self, url: str, headers: Mapping[str, str], max_bytes: int | None = None) -> Reply:
        """Send one POST without a body and return the reply, in the same way."""
        return self._send("POST", url, {}, headers, max_bytes)

    def _send(
        self,
        method: str,
        url: str,
        params: Mapping[str, object],
        headers: Mapping[str, str],
        max_bytes: int | None,
    ) -> Reply:
        start = self._clock()
        deadline = start + self._limits.total
        DEADLINE.set((self._clock, deadline))
        try:
            with (
                self._session(deadline) as session,
                session.request(
                    method,
                    url,
                    params=dict(params),  # type: ignore[arg-type]
                    headers=headers,
                    timeout=(self._limits.connect, self._limits.read),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                head = self._clock()
                body = self._body(response, min(self._limits.body, max_bytes or self._limits.body))
                took = (head - start, self._clock() - head)
                return Reply(response.status_code, response.headers, body, *took, host(url))
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise Unavailable(
                cause(error, url), reason="Timeout"
            ) from None  # the error repeats the URL, which may contain the key
        except FAILURES as error:
            raise Unavailable(cause(error, url), reason="Connection failed") from None

    def _body(self, response: requests.Response, max_bytes: int) -> bytes:
        """Read the body, and check its size after each chunk, since a body may be endless."""
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and (len(announced) > MAX_LENGTH_DIGITS or int(announced) > max_bytes):
            raise BadData(f"the body announces {announced[:60]} bytes")
        body = bytearray()
        acquired = chunks = 0
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                body += chunk
                chunks += 1
                counted = max(0, len(body) - UNCOUNTED_BYTES) - acquired
                if len(body) > max_bytes or not self._capacity.acquire(counted):
                    raise BadData(f"the body is larger than {len(body) - len(chunk)} bytes")
                acquired += counted
                if chunks > FREE_CHUNKS + len(body) // LEAST_CHUNK:
                    raise BadData("the body has too many chunks")
                if chunks % CHUNKS_AT_ONCE == 0:
                    time.sleep(PAUSE)
            return bytes(body)
        finally:
            self._capacity.release(acquired)
            body.clear()  # the traceback of an error would keep it in memory

    @contextmanager
    def _session(self, deadline: float) -> Iterator[requests.Session]:
        try:
            session, _ = self._idle.pop()
        except IndexError:
            session = self._new_session()
        for adapter in session.adapters.values():
            adapter.max_retries = BriefRetry.until(deadline, self._clock)  # type: ignore[attr-defined]
        try:
            yield session
        finally:
            began = deadline - self._limits.total
            self._idle.append((session, began))
            self._close_idle(began - IDLE_SECONDS)

    def _close_idle(self, before: float) -> None:
        """Close the connections whose last call began `before` this time, which a burst has opened."""
        while True:
            try:
                session, began = self._idle.popleft()
            except IndexError:
                return
            if began >= before:
                self._idle.appendleft((session, began))
                return
            session.close()

    def _new_session(self) -> requests.Session:
        session = _Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        session.trust_env = False  # only engine/config reads the environment; ~/.netrc is ignored
        session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        session.proxies = dict(self._proxies)
        adapter = DeadlineAdapter(pool_connections=4, pool_maxsize=1)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session
