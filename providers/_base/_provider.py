"""The base of all providers: send a request to a host and parse its response."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, TypeVar

from providers import _json
from providers._assets import Asset
from providers._base._refusals import limit_in, refusal, refuse_by_host, refuse_by_status
from providers._errors import BadData, Blocked, ProviderError, RateLimited, Unavailable
from providers._http import Http, Reply
from providers._models import RateLimit, Window
from providers._reading import UNREADABLE, reading
from providers._runner import Runner, run_inline

T = TypeVar("T")
Exchange = Callable[[str, str, str, Callable[[], Reply]], Reply]

BLOCKED_FOR = 3600.0
"""Seconds without requests to a host that refuses this region."""


LARGE_TEXT = 32 * 1024
"""Bytes of text above which parsing takes milliseconds."""


class Provider:
    """One upstream. Facts are class attributes; a subclass adds code only where its API differs."""

    name: ClassVar[str]
    base_urls: ClassVar[tuple[str, ...]]
    rate_limit: ClassVar[RateLimit]
    priority: ClassVar[int] = 50
    """Place in the default order, lowest first."""
    title: ClassVar[str | None] = None
    """The name that clients see, if it differs from `name`."""
    needs_key: ClassVar[bool] = False
    max_bytes: ClassVar[int] = 2 * 1024 * 1024
    """Size limit of a response body."""
    failures: ClassVar[Mapping[object, type[ProviderError]]] = {}
    """The exception for each error code in response bodies."""

    def __init__(
        self,
        http: Http,
        *,
        key: str | None = None,
        base_url: str | None = None,
        clock: Callable[[], float] = time.time,
        runner: Runner = run_inline,
    ) -> None:
        self.key = key
        self._http = http
        self._hosts = (base_url.rstrip("/"),) if base_url else self.base_urls
        self._clock = clock
        self._runner = runner
        self._blocked: dict[str, tuple[float, str]] = {}
        """Until when each host refuses this region, and what it said."""
        self.observe: Callable[[Mapping[str, str]], None] = lambda headers: None
        """Called with the headers of every reply."""
        self.observe_reply: Callable[[Reply], None] = lambda reply: None
        """Called with every reply, which includes its duration."""
        self.exchange: Exchange = lambda method, host, path, send: send()
        """Sends each request: called with its method, its host's address, its path and what sends it."""

    def headers(self) -> dict[str, str]:
        """Return additional request headers, such as a key."""
        return {}

    def used(self, headers: Mapping[str, str]) -> int | None:
        """Return how much of the rate limit is used, by a reply's headers; `None` if they do not say."""
        return None

    def error_code(self, payload: Any) -> object | None:
        """Return the error code in a body, `None` if it has none."""
        return None

    def now(self) -> int:
        """Return the current time in Unix milliseconds."""
        return int(self._clock() * 1000)

    def code_of(self, asset: Asset, window: Window | None = None) -> str:
        """Return the provider's code of a coin now, or at the start of `window` (without one, at its end)."""
        time = None if window is None else window.end if window.start is None else window.start
        return asset.code_at(self.name, self.now() if time is None else time)

    def ask(self, path: str, **params: object) -> Any:
        """Return the JSON at `path` of the first host that responds."""
        return self._first(self._hosts, partial(self._get, path, params), self._payload)

    def ask_by_post(self, path: str) -> Any:
        """Return the JSON that `path` of the first host that responds gives for a POST without a body."""
        return self._first(self._hosts, partial(self._post, path), self._payload)

    def ask_text(self, path: str, read: Callable[[bytes, str], T], hosts: Sequence[str] | None = None) -> T:
        """Parse the body at `path`, which is not JSON, with `read`. It gets the body and its `Content-Type`.

        `hosts` replace the provider's hosts.
        """
        reply = self._first(hosts or self._hosts, partial(self._get, path, {}), self._checked)
        kind = reply.headers.get("Content-Type", "")
        return self._read(partial(read, reply.body, kind), reply, LARGE_TEXT)

    def _first(
        self,
        hosts: Sequence[str],
        send: Callable[[str], Reply],
        read: Callable[[Reply], T],
    ) -> T:
        failure: ProviderError | None = None
        for host in hosts:
            until, why = self._blocked.get(host, (0.0, ""))
            if until > self._clock():
                failure = failure or Blocked(why)
                continue
            try:
                reply = send(host)
                self.observe(reply.headers)
                self.observe_reply(reply)
                return read(reply)
            except RateLimited:
                raise
            except Blocked as error:
                self._blocked[host] = self._clock() + BLOCKED_FOR, str(error)
                failure = error
            except Unavailable as error:
                failure = error
        raise failure or Blocked()

    def _get(self, path: str, params: Mapping[str, object], host: str) -> Reply:
        send = partial(self._http.get, host + path, params, self.headers(), self.max_bytes)
        return self.exchange("GET", host, path, send)

    def _post(self, path: str, host: str) -> Reply:
        send = partial(self._http.post, host + path, self.headers(), self.max_bytes)
        return self.exchange("POST", host, path, send)

    def _payload(self, reply: Reply) -> Any:
        now = self._clock()
        refuse_by_host(reply, now)
        code = failure = None
        with reading(self.name) if reply.status == 200 else suppress(*UNREADABLE, BadData):
            payload = self._read(partial(_json.read, reply.body, self.max_bytes), reply, _json.LARGE)
            code = self.error_code(payload)
            failure = self.failures.get(code) or limit_in(code)
        if failure:
            raise refusal(failure, f"{self.name} sent the error {code!r}", reply, now)
        refuse_by_status(reply, now)
        if code is not None:
            raise BadData(f"{self.name} sent the error {code!r}")
        return payload

    def _checked(self, reply: Reply) -> Reply:
        refuse_by_host(reply, self._clock())
        refuse_by_status(reply, self._clock())
        return reply

    def _read(self, read: Callable[[], T], reply: Reply, large: int) -> T:
        """Parse a reply with `read`; the runner does so if the body has more than `large` bytes."""
        return self._runner(read) if len(reply.body) > large else read()
