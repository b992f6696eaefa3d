"""Calls of the engine as values: what to send, and how to read the answer. Nothing here connects."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from crypto_data_engine_client._answers import Answer, Candles, Indicators, Page, Rows
from crypto_data_engine_client._errors import EngineError, UnreadableAnswer, error_of, failure
from crypto_data_engine_client._rows import (
    Coin,
    KeptSeries,
    Market,
    Overview,
    PastPrice,
    Price,
    Sentiment,
    Story,
)

T = TypeVar("T")
Time = datetime | float | str
"""Unix seconds (a fraction, too) or milliseconds, ISO 8601, or a `datetime`, in UTC where it has no zone."""
SECONDS_BELOW = 10**11
"""Smaller times are in seconds, larger ones in milliseconds."""
Names = str | Sequence[str]
"""One name or several."""
Series = Candles | EngineError
"""One of several series: its candles, or why there are none."""
OK = 200


@dataclass(frozen=True)
class Reply:
    """An answer as it arrived. The names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request, and how its answer is read."""

    path: str
    kind: Callable[[Any, Any, Mapping[str, str]], T]
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: object = None

    def read(self, reply: Reply) -> T:
        """Return the answer. Raises `EngineError` or `UnreadableAnswer`."""
        if reply.status >= 400:
            raise error_of(reply.status, reply.headers, reply.content)
        try:
            body = json.loads(reply.content) if reply.content else None
        except ValueError as error:
            raise UnreadableAnswer(f"{self.path}: no JSON") from error
        data = body.get("data", body) if isinstance(body, dict) else body
        return self.kind(data, body, reply.headers)


def query_of(**given: object) -> dict[str, str]:
    """Return the parameters that are given, as texts: `None` is left out."""
    return {name: _text(value) for name, value in given.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value * 1000 if value < SECONDS_BELOW else value))
    return str(value) if isinstance(value, str | int) else ",".join(map(str, value))  # type: ignore[call-overload]


def any_call(method: str, path: str, query: Mapping[str, object] | None, body: object) -> Call[Answer[Any]]:
    """Call any path."""
    return Call(path, Answer[Any], query_of(**query or {}), method, body)


def candles(symbol: str, interval: str, **options: object) -> Call[Candles]:
    """`GET /api/ohlcv`."""
    return Call("/api/ohlcv", Candles, query_of(symbol=symbol, interval=interval, **options))


def page_of(path: str) -> Call[Candles]:
    """Return the call of a following page, whose path has its query."""
    return Call(path, Candles)


def candles_batch(symbols: Names, intervals: Names, **options: object) -> Call[Answer[list[Series]]]:
    """`GET /api/ohlcv/batch`."""
    return Call("/api/ohlcv/batch", _series, query_of(symbols=symbols, intervals=intervals, **options))


def _series(data: Any, body: Any, headers: Mapping[str, str]) -> Answer[list[Series]]:
    found: list[Series] = [
        failure(one["error"], OK, headers) if "error" in one else Candles(one["data"], one, headers)
        for one in data
    ]
    return Answer(found, body, headers)


def indicators(symbol: str, names: Names, interval: str, **options: object) -> Call[Indicators]:
    """`GET /api/indicators`."""
    query = query_of(symbol=symbol, indicators=names, interval=interval, **options)
    return Call("/api/indicators", Indicators, query)


def prices(symbols: Names | None, convert: str, sparkline: bool | None) -> Call[Rows[Price]]:
    """`GET /api/prices`."""
    return Call("/api/prices", Rows, query_of(symbols=symbols, convert=convert, sparkline=sparkline))


def prices_at(symbols: Names, time: Time, convert: str) -> Call[Rows[PastPrice]]:
    """`GET /api/prices/at`."""
    return Call("/api/prices/at", Rows, query_of(symbols=symbols, time=time, convert=convert))


def sentiment(symbol: str | None, days: int | None) -> Call[Answer[Sentiment]]:
    """`GET /api/sentiment`."""
    return Call("/api/sentiment", Answer[Sentiment], query_of(symbol=symbol, days=days))


def news(symbols: Names | None, limit: int | None, sentiment: str | None) -> Call[Rows[Story]]:
    """`GET /api/news`."""
    return Call("/api/news", Rows, query_of(symbols=symbols, limit=limit, sentiment=sentiment))


def overview() -> Call[Answer[Overview]]:
    """`GET /api/market/overview`."""
    return Call("/api/market/overview", Answer[Overview])


def coins(q: str | None, limit: int, cursor: str | None, **filters: object) -> Call[Page[Coin]]:
    """`GET /api/symbols` with parameters."""
    return Call("/api/symbols", Page, query_of(q=q, limit=limit, cursor=cursor, **filters))


def markets(limit: int, cursor: str | None, **filters: object) -> Call[Page[Market]]:
    """`GET /api/markets`."""
    return Call("/api/markets", Page, query_of(limit=limit, cursor=cursor, **filters))


def kept() -> Call[Rows[KeptSeries]]:
    """`GET /api/history`."""
    return Call("/api/history", Rows)


def export(
    symbol: str, interval: str, start: Time | None, end: Time | None, form: str, compression: str | None
) -> Call[None]:
    """`GET /api/export`, whose answer is a file."""
    window = {"startTime": start, "endTime": end, "format": form, "compression": compression}
    return Call("/api/export", _nothing, query_of(symbol=symbol, interval=interval, **window))


def _nothing(data: Any, body: Any, headers: Mapping[str, str]) -> None:
    """Read no answer: the file goes elsewhere."""


def health() -> Call[Answer[dict[str, Any]]]:
    """`GET /api/health`."""
    return Call("/api/health", Answer[dict[str, Any]])
