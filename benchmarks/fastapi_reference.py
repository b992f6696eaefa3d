"""The reference implementation: FastAPI on uvicorn, a TTL cache of response models, slowapi and CORS.

It serves the engine's answers, from files in the folder that REFERENCE_BODIES names.
"""

import os
from pathlib import Path

from cachetools import TTLCache
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel
from slowapi import Limiter
from slowapi.middleware import SlowAPIASGIMiddleware
from slowapi.util import get_remote_address

BODIES = Path(os.environ.get("REFERENCE_BODIES", "."))
LIMIT = "100000000/minute"


class Candle(BaseModel):
    """A candle."""

    timestamp: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None


class Candles(BaseModel):
    """The answer of `/api/ohlcv`."""

    success: bool
    data: list[Candle]
    symbol: str
    interval: str
    count: int
    source: str | None
    meta: dict[str, object]


class Source(BaseModel):
    """A provider's price."""

    provider: str
    price: float
    deviation: float
    outlier: bool
    suspect: bool


class Price(BaseModel):
    """A coin."""

    symbol: str
    name: str
    price: float | None
    priceUsd: float | None  # noqa: N815 - the contract's spelling
    change1h: float | None
    change24h: float | None
    change7d: float | None
    volume24h: float | None
    marketCap: float | None  # noqa: N815
    rank: int | None
    lastUpdate: str  # noqa: N815
    confidence: float
    verified: bool
    sources: list[Source]


class Prices(BaseModel):
    """The answer of `/api/prices`."""

    success: bool
    data: list[Price]
    timestamp: int
    source: str
    meta: dict[str, object]


limiter = Limiter(
    key_func=get_remote_address,
    headers_enabled=True,
    storage_uri=os.environ.get("REFERENCE_STORAGE", "memory://"),
)
app = FastAPI()
app.state.limiter = limiter
app.add_middleware(SlowAPIASGIMiddleware)
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"], allow_headers=["*"])
cache: TTLCache[tuple[str, ...], Candles | Prices] = TTLCache(2000, 30)


@app.get("/api/ohlcv")
@limiter.limit(LIMIT)
async def ohlcv(
    request: Request, response: Response, symbol: str, interval: str = "1h", limit: int = 100
) -> Candles:
    """Return candles from the cache or from the file."""
    key = ("ohlcv", symbol, interval, str(limit))
    known = cache.get(key)
    if known is None:
        known = cache[key] = Candles.model_validate_json((BODIES / "ohlcv.json").read_bytes())
    assert isinstance(known, Candles)
    return known


@app.get("/api/prices")
@limiter.limit(LIMIT)
async def prices(request: Request, response: Response, symbols: str, convert: str = "USDT") -> Prices:
    """Return prices from the cache or from the file."""
    key = ("prices", symbols, convert)
    known = cache.get(key)
    if known is None:
        known = cache[key] = Prices.model_validate_json((BODIES / "prices.json").read_bytes())
    assert isinstance(known, Prices)
    return known
