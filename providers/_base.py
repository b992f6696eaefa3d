"""What every provider shares: asking a host, reading its answer, and the abilities it may have."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, ClassVar

import orjson

from providers._assets import Asset
from providers._errors import BadData, Blocked, ProviderError, RateLimited, Unauthorized, Unavailable
from providers._http import Http, Reply
from providers._models import Candle, Interval, Pair, Quote, RateLimit, Window

REGION = re.compile(rb"restricted location|from your country|from your region|not available in your", re.I)
THROTTLED = re.compile(rb"too frequent|too many|rate limit", re.I)
BLOCKED_FOR = 3600.0
"""Seconds that a host which refuses our region is left alone."""

UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError)


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

    def headers(self) -> dict[str, str]:
        """What identifies us to it, beyond the usual."""
        return {}

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
                return self._payload(self._http.get(host + path, params, self.headers()))
            except RateLimited:
                raise
            except Blocked as error:
                self._blocked_until[host] = self._clock() + BLOCKED_FOR
                failure = error
            except Unavailable as error:
                failure = error
        raise failure

    def _payload(self, reply: Reply) -> Any:
        if reply.status in (418, 429) or (reply.status == 403 and THROTTLED.search(reply.body)):
            raise RateLimited(retry_after=_seconds(reply.headers.get("Retry-After")))
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
            raise Unavailable(reason=f"HTTP {reply.status}")
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

    def quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """A quote for each of `assets` that it has."""
        with reading(self.name):
            return self.fetch_quotes(assets)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """One call for all of `assets`; what it does not have is left out."""
        raise NotImplementedError


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns whatever a body of the wrong shape raises into `BadData`."""
    try:
        yield
    except UNREADABLE as error:
        raise BadData(f"{name} sent what cannot be read: {error!r}") from error


def number(value: Any) -> float | None:
    """A figure that may be left out: `None` and empty text mean that it was."""
    return None if value is None or value == "" else float(value)


def per_cent(fraction: Any) -> float | None:
    """A change sent as a fraction, in per cent."""
    value = number(fraction)
    return None if value is None else value * 100


def change(price: float, before: Any) -> float | None:
    """The change from `before` to `price` in per cent, where `before` is known."""
    value = number(before)
    return None if not value else (price / value - 1) * 100


def milliseconds(text: str) -> int:
    """An ISO 8601 time as Unix milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def tether_markets(assets: Sequence[Asset], separator: str = "") -> dict[str, Asset]:
    """The coins by the name of their USDT market; USDT itself has none."""
    return {f"{asset.code}{separator}USDT": asset for asset in assets if asset.code != "USDT"}


def best_ranked(rows: Sequence[Any], assets: Sequence[Asset]) -> list[tuple[Asset, Any]]:
    """Each coin with the row of its code that ranks best: many coins share a code, and 0 is no rank."""
    best = {row["symbol"]: row for row in sorted(rows, key=lambda row: -row["rank"]) if row["rank"] > 0}
    return [(asset, best[asset.code]) for asset in assets if asset.code in best]


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
