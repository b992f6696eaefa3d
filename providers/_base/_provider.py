"""What every provider shares: asking a host and reading its answer."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, TypeVar

from providers import _json
from providers._aside import Aside, here
from providers._assets import Asset
from providers._base._refusals import limit_in, refusal, refuse_by_host, refuse_by_status
from providers._errors import BadData, Blocked, ProviderError, RateLimited, Unavailable
from providers._http import Http, Reply
from providers._models import RateLimit, Window
from providers._reading import UNREADABLE, reading

T = TypeVar("T")

BLOCKED_FOR = 3600.0
"""Seconds that a host which refuses our region is left alone."""


LARGE_TEXT = 32 * 1024
"""Bytes of text from which on reading takes milliseconds."""


class Provider:
    """One upstream. Facts are class attributes; a subclass adds code only for what is peculiar to it."""

    name: ClassVar[str]
    base_urls: ClassVar[tuple[str, ...]]
    rate_limit: ClassVar[RateLimit]
    priority: ClassVar[int] = 50
    """Where it stands in the default order, lowest first."""
    title: ClassVar[str | None] = None
    """What clients know it as, where that is not its name."""
    needs_key: ClassVar[bool] = False
    most_bytes: ClassVar[int] = 2 * 1024 * 1024
    """How large its largest answer may be."""
    failures: ClassVar[Mapping[object, type[ProviderError]]] = {}
    """What the error codes in its bodies mean."""

    def __init__(
        self,
        http: Http,
        *,
        key: str | None = None,
        base_url: str | None = None,
        clock: Callable[[], float] = time.time,
        aside: Aside = here,
    ) -> None:
        self.key = key
        self._http = http
        self._hosts = (base_url.rstrip("/"),) if base_url else self.base_urls
        self._clock = clock
        self._aside = aside
        self._blocked_until: dict[str, float] = {}
        self.observe: Callable[[Mapping[str, str]], None] = lambda headers: None
        """Is shown the headers of every reply."""
        self.observe_reply: Callable[[Reply], None] = lambda reply: None
        """Is shown every reply, with how long it took."""

    def headers(self) -> dict[str, str]:
        """What identifies us to it, beyond the usual."""
        return {}

    def used(self, headers: Mapping[str, str]) -> int | None:
        """How much of its rate limit is spent by its own count, where a reply's headers say so."""
        return None

    def error_code(self, payload: Any) -> object | None:
        """The error that a body speaks of, `None` where it speaks of none."""
        return None

    def now(self) -> int:
        """Unix milliseconds."""
        return int(self._clock() * 1000)

    def code_of(self, asset: Asset, window: Window | None = None) -> str:
        """Return what it calls a coin now, or called it when `window` begins: where it has no start, ends."""
        time = None if window is None else window.end if window.start is None else window.start
        return asset.code_at(self.name, self.now() if time is None else time)

    def ask(self, path: str, **params: object) -> Any:
        """The JSON at `path` of the first host that can be had."""
        return self._first(self._hosts, path, params, self._payload)

    def ask_text(self, path: str, read: Callable[[bytes, str], T], hosts: Sequence[str] | None = None) -> T:
        """What `read` makes of the body at `path`, which is no JSON, and of its `Content-Type`.

        `hosts` are asked instead where what is asked for has its own.
        """
        reply = self._first(hosts or self._hosts, path, {}, self._good)
        kind = reply.headers.get("Content-Type", "")
        return self._read(partial(read, reply.body, kind), reply, LARGE_TEXT)

    def _first(
        self,
        hosts: Sequence[str],
        path: str,
        params: Mapping[str, object],
        read: Callable[[Reply], T],
    ) -> T:
        failure: ProviderError = Blocked()
        for host in hosts:
            if self._blocked_until.get(host, 0.0) > self._clock():
                continue
            try:
                reply = self._http.get(host + path, params, self.headers(), self.most_bytes)
                self.observe(reply.headers)
                self.observe_reply(reply)
                return read(reply)
            except RateLimited:
                raise
            except Blocked as error:
                self._blocked_until[host] = self._clock() + BLOCKED_FOR
                failure = error
            except Unavailable as error:
                failure = error
        raise failure

    def _payload(self, reply: Reply) -> Any:
        now = self._clock()
        refuse_by_host(reply, now)
        code = failure = None
        with reading(self.name) if reply.status == 200 else suppress(*UNREADABLE, BadData):
            payload = self._read(partial(_json.read, reply.body, self.most_bytes), reply, _json.LARGE)
            code = self.error_code(payload)
            failure = self.failures.get(code) or limit_in(code)
        if failure:
            raise refusal(failure, f"{self.name} says {code!r}", reply, now)
        refuse_by_status(reply, now)
        if code is not None:
            raise BadData(f"{self.name} says {code!r}")
        return payload

    def _good(self, reply: Reply) -> Reply:
        refuse_by_host(reply, self._clock())
        refuse_by_status(reply, self._clock())
        return reply

    def _read(self, read: Callable[[], T], reply: Reply, large: int) -> T:
        """What `read` makes of a reply, which takes long from `large` bytes on."""
        return self._aside(read) if len(reply.body) > large else read()
