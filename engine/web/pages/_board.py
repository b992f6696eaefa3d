"""What the market page shows at first, in one answer, so that a visit costs few requests.

Each part is a line of JSON that is sent as soon as it is known: the answer of the interface with its headers.
"""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context

import orjson

from engine.cache import Answer
from engine.config import Settings
from engine.errors import ApiError, FeatureDisabled
from engine.market import CandleRequest, Market
from engine.market.candles.slices import CandleSlice
from engine.market.prices import EVERY_COIN
from engine.web.errors import error_of
from engine.web.responses import aged
from providers import INTERVALS, Pair, Window

AT_ONCE = 8
"""Parts that a worker works out at the same time."""
STORIES = 12
HOURS = 25
"""Closes of a line: one more than a day has hours, since the last candle is forming."""
FEWEST = 50
"""The fewest candles of a request, as clients' requests have."""
GZIP = 31
"""zlib's word for a stream with gzip's header."""

LINES = "lines"

PARTS: dict[str, Callable[[Market], Answer]] = {
    "/api/prices": lambda market: market.prices.serve(None, "USD"),
    "/api/market/overview": lambda market: market.overview.serve(),
    "/api/sentiment": lambda market: market.sentiment.serve(None, None),
    "/api/news": lambda market: market.news.serve(None, STORIES, None),
}
"""The parts that are answers of the interface, by their paths."""
NAMES = (*PARTS, LINES)
SWITCHES = {"/api/sentiment": "enable_sentiment", "/api/news": "enable_news"}


class Board:
    """Works the parts out in threads of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="board")

    def lines(
        self, parts: Iterable[str], market: Market, settings: Settings, clock: Callable[[], float]
    ) -> Iterator[bytes]:
        """Yield a line for each part, in the order in which they are known."""

        def make(part: str) -> bytes:
            return orjson.dumps({"part": part, **_told(part, market, settings, clock)}) + b"\n"

        for done in as_completed([self._pool.submit(copy_context().run, make, part) for part in parts]):
            yield done.result()


def _told(part: str, market: Market, settings: Settings, clock: Callable[[], float]) -> dict[str, object]:
    """Return the status, the headers and the body of a part."""
    try:
        switch = SWITCHES.get(part)
        if switch is not None and not getattr(settings, switch):
            raise FeatureDisabled(f"{switch.upper()}=true")
        if part == LINES:
            return {"status": 200, "headers": {}, "body": {"data": lines(market, clock)}}
        made = PARTS[part](market)
    except ApiError as failed:
        error = {"success": False, "error": error_of(failed), "timestamp": int(time.time())}
        return {"status": failed.status, "headers": {}, "body": error}
    now = clock()
    headers = dict(aged(made, made.age(now)))
    return {"status": 200, "headers": headers, "body": orjson.Fragment(made.body(now))}


def lines(market: Market, clock: Callable[[], float]) -> list[dict[str, object]]:
    """Return the last hourly closes of every pinned coin, or why there are none."""
    requests = [
        CandleRequest(f"{coin.symbol}USDT", Pair(coin.asset, "USDT"), INTERVALS["1h"], Window(FEWEST))
        for coin in EVERY_COIN
    ]
    found = market.batches.serve(market.candles.slice, requests)
    return [
        {"symbol": coin.symbol, **_line(one, clock())} for coin, one in zip(EVERY_COIN, found, strict=True)
    ]


def _line(found: CandleSlice | ApiError, now: float) -> dict[str, object]:
    if isinstance(found, ApiError):
        return {"error": error_of(found)}
    age = found.validity.age(now)
    return {
        "market": found.symbol,
        "source": found.source,
        "closes": [candle.close for candle in found.candles[-HOURS:]],
        "ageSeconds": round(age, 1),
        "lifetime": found.validity.lifetime,
        "stale": found.validity.stale_at(age),
    }


def packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces in gzip, each complete for a client that reads them as they come."""
    stream = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for piece in pieces:
        yield stream.compress(piece) + stream.flush(zlib.Z_SYNC_FLUSH)
    yield stream.flush()
