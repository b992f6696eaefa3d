"""What every provider shares: asking a host, reading its answer, and the abilities it may have."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import orjson

from providers._assets import Asset
from providers._errors import BadData, Blocked, ProviderError, RateLimited, Unauthorized, Unavailable
from providers._http import Http, Reply
from providers._models import Candle, Interval, Pair, Quote, RateLimit, Window
from providers._reading import UNREADABLE, reading

REGION = re.compile(rb"restricted location|from your country|from your region|not available in your", re.I)
THROTTLED = re.compile(rb"too frequent|too many|rate limit", re.I)
THROTTLED_FOR = 600.0
"""Seconds to stay away from who refuses us for asking too often, where it does not say how long."""
LONGEST_REST = 86_400.0
"""Seconds of rest that a provider may ask for at most."""
BLOCKED_FOR = 3600.0
"""Seconds that a host which refuses our region is left alone."""


class Provider:
    """One upstream. Facts are class attributes; a subclass adds code only for what is peculiar to it."""

    name: ClassVar[str]
    base_urls: ClassVar[tuple[str, ...]]
    rate_limit: ClassVar[RateLimit]
    priority: ClassVar[int] = 50
    """Where it stands in the default order, lowest first."""
    needs_key: ClassVar[bool] = False
    failures: ClassVar[Mapping[object, type[ProviderError]]] = {}
    """What the error codes in its bodies mean."""

    def __init__(
        self,
        http: Http,
        *,
        key: str | None = None,
        base_url: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key = key
        self._http = http
        self._hosts = (base_url.rstrip("/"),) if base_url else self.base_urls
        self._clock = clock
        self._blocked_until: dict[str, float] = {}
        self.observe: Callable[[Mapping[str, str]], None] = lambda headers: None
        """Is shown the headers of every reply."""

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

    def ask(self, path: str, **params: object) -> Any:
        """The JSON at `path` of the first host that can be had."""
        failure: ProviderError = Blocked()
        for host in self._hosts:
            if self._blocked_until.get(host, 0.0) > self._clock():
                continue
            try:
                reply = self._http.get(host + path, params, self.headers())
                self.observe(reply.headers)
                return self._payload(reply)
            except RateLimited:
                raise
            except Blocked as error:
                self._blocked_until[host] = self._clock() + BLOCKED_FOR
                failure = error
            except Unavailable as error:
                failure = error
        raise failure

    def _payload(self, reply: Reply) -> Any:
        rest = _seconds(reply.headers.get("Retry-After"))
        if reply.status in (418, 429):
            raise RateLimited(retry_after=rest)
        if reply.status == 403 and THROTTLED.search(reply.body):
            raise RateLimited(retry_after=rest or THROTTLED_FOR)
        if reply.status == 451 or (reply.status == 403 and REGION.search(reply.body)):
            raise Blocked
        code = failure = None
        with reading(self.name) if reply.status == 200 else suppress(*UNREADABLE):
            payload = orjson.loads(reply.body)
            code = self.error_code(payload)
            failure = self.failures.get(code)
        if failure:
            raise failure(f"{self.name} says {code!r}")
        if reply.status == 401:
            raise Unauthorized
        if reply.status != 200:
            raise Unavailable(reason=f"HTTP {reply.status}", retry_after=rest)
        if code is not None:
            raise BadData(f"{self.name} says {code!r}")
        return payload


class CandleSource(Provider):
    """Has candles. `intervals` maps our codes to its own, for the intervals it really has."""

    intervals: ClassVar[Mapping[str, Any]]
    max_candles: ClassVar[int]
    """How many one call can bring."""
    reach: ClassVar[int | None] = None
    """How many of the newest candles exist there at all, `None` where all of history does."""
    candle_weight: ClassVar[int] = 1
    """What a call for candles takes of its rate limit."""
    newest_first: ClassVar[bool] = False
    candle_quotes: ClassVar[tuple[str, ...]] = ("USDT",)
    without_candles: ClassVar[frozenset[str]] = frozenset()
    """Codes of the coins that it does not trade."""

    def market(self, pair: Pair) -> Pair | None:
        """The market that stands for `pair` here: perhaps in another quote, `None` if there is none."""
        if pair.base.code in self.without_candles:
            return None
        return pair if pair.quote in self.candle_quotes else Pair(pair.base, self.candle_quotes[0])

    def candles(self, pair: Pair, interval: Interval, window: Window) -> list[Candle]:
        """The candles of `window`, as they were sent but in ascending order, the running one included."""
        first = window.start or 0
        last = window.end if window.end is not None else self.now() + interval.length
        opens, closes = window.bounds(interval, self.now())
        if opens > closes:
            return []  # there is nothing in the future
        with reading(self.name):
            candles = self.fetch_candles(pair, interval, window)
            inside = [candle for candle in candles if first <= candle.open_time <= last]
        if self.newest_first:
            inside.reverse()
        return inside[-window.limit :] if window.start is None else inside[: window.limit]

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Candle]:
        """Ask for `window`; more than it may come back. `pair` is one that `market()` gave."""
        raise NotImplementedError


class QuoteSource(Provider):
    """Has prices of many coins in one call."""

    def quote_weight(self, coins: int) -> int:
        """What a call for so many coins takes of its rate limit."""
        return 1

    def quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """A quote for each of `assets` that it has."""
        with reading(self.name):
            return self.fetch_quotes(assets)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """One call for all of `assets`; what it does not have is left out."""
        raise NotImplementedError


def _seconds(retry_after: str | None) -> float | None:
    return min(float(retry_after), LONGEST_REST) if retry_after and retry_after.isdecimal() else None
