"""Candles as a venue's REST interface of the stand-in gives them, for its frames to repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..dialects import kraken, kucoin
from ..intervals import INTERVALS
from ..wire import Request, iso

if TYPE_CHECKING:
    from ..server import StandIn


class Row(NamedTuple):
    """A candle. `open_ms` is Unix milliseconds; figures are texts as the venue writes them."""

    open_ms: int
    open: str
    high: str
    low: str
    close: str
    volume: str


def newest(stand_in: StandIn, venue: str, native: str, word: str) -> list[Row]:
    """Return the last two candles of a market, the older first; `word` is the venue's own interval."""
    path, query = _asked(venue, native, word)
    query |= _bounds(venue, word, stand_in.market.now_ms)
    answer = stand_in.answer(venue, Request(path, query, {"user-agent": "stand-in"}), [])
    return sorted(_rows(venue, answer.body))[-2:] if answer.status == 200 else []


def _asked(venue: str, native: str, word: str) -> tuple[str, dict[str, str]]:
    match venue:
        case "binance":
            return "/api/v3/klines", {"symbol": native, "interval": word, "limit": "2"}
        case "kraken":
            base, _, quote = native.partition("/")
            code = {"BTC": "XBT", "DOGE": "XDG"}.get(base, base)
            return "/0/public/OHLC", {"pair": f"{code}{quote}", "interval": word}
        case "bybit":
            return "/v5/market/kline", {"category": "spot", "symbol": native, "interval": word, "limit": "2"}
        case "okx":
            return "/api/v5/market/candles", {"instId": native, "bar": word, "limit": "2"}
        case "coinbase":
            return f"/products/{native}/candles", {"granularity": word}
        case "kucoin":
            return "/api/v1/market/candles", {"symbol": native, "type": word}
    return "/api/v4/spot/candlesticks", {"currency_pair": native, "interval": word, "limit": "2"}


def _bounds(venue: str, word: str, now_ms: int) -> dict[str, str]:
    """Return the parameters that leave out older candles, at venues without a number of them."""
    match venue:
        case "kraken":
            size = INTERVALS[kraken.STEPS[int(word)]].size
            return {"since": str((now_ms - 3 * size) // 1000)}
        case "coinbase":
            return {"start": iso(now_ms - 2_000 * int(word)), "end": iso(now_ms)}
        case "kucoin":
            size = INTERVALS[kucoin.STEPS[word]].size
            return {"startAt": str((now_ms - 3 * size) // 1000)}
    return {}


def _rows(venue: str, body: Any) -> list[Row]:
    match venue:
        case "binance":
            return [Row(row[0], *row[1:6]) for row in body]
        case "kraken":
            found: list[Any] = next((it for key, it in body.get("result", {}).items() if key != "last"), [])
            return [
                Row(row[0] * 1000, str(row[1]), str(row[2]), str(row[3]), str(row[4]), str(row[6]))
                for row in found
            ]
        case "bybit":
            return [Row(int(row[0]), *row[1:6]) for row in body.get("result", {}).get("list", [])]
        case "okx":
            return [Row(int(row[0]), *row[1:6]) for row in body.get("data", [])]
        case "coinbase":
            return [
                Row(row[0] * 1000, str(row[3]), str(row[2]), str(row[1]), str(row[4]), str(row[5]))
                for row in body
            ]
        case "kucoin":
            found = body.get("data", [])
            return [Row(int(row[0]) * 1000, row[1], row[3], row[4], row[2], row[5]) for row in found]
    return [
        Row(int(row[0]) * 1000, row[5], row[3], row[4], row[2], row[6])
        for row in body
        if isinstance(body, list)
    ]
