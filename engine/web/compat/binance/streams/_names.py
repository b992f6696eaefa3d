"""Names of Binance's streams. Pure functions."""

import re
from typing import Literal

import msgspec

from providers import INTERVALS, Interval

Kind = Literal[
    "kline",
    "miniTicker",
    "ticker",
    "avgPrice",
    "trade",
    "aggTrade",
    "bookTicker",
    "!miniTicker",
    "!ticker",
]
PLAIN: tuple[Kind, ...] = ("miniTicker", "ticker", "avgPrice", "trade", "aggTrade", "bookTicker")
ARRAYS: dict[str, Kind] = {"!miniTicker": "!miniTicker", "!ticker": "!ticker"}
UNSERVED = re.compile(r"depth.*|ticker_\w+|referencePrice|blockTrade|kline_1s.*")
"""Streams of Binance that the engine lacks."""
EACH = 1000
"""Milliseconds between two frames of a stream that sends at intervals."""
SPEEDS = {"": EACH, "1000ms": EACH, "3000ms": 3000}
ZONE = re.compile(r"\+08:00")
ZONE_LENGTH = 8 * 3_600_000
LONGEST = 60


class Declined(Exception):
    """A name that is not served. The message gives the reason."""


class StreamName(msgspec.Struct, frozen=True):
    """A parsed name. `symbol` is in upper case, and empty for arrays of all markets."""

    text: str
    kind: Kind
    symbol: str = ""
    interval: Interval | None = None
    each: int = EACH


def is_name(text: str) -> bool:
    """Return whether a part of an address is a name. Clients write counters there, too."""
    return "@" in text or text.startswith("!")


def read_name(text: str) -> StreamName:
    """Parse a name. Raises `Declined`."""
    if len(text) > LONGEST:
        raise Declined("invalid stream")
    symbol, _, rest = text.partition("@")
    if symbol.startswith("!"):
        kind, speed = rest.partition("@")[0], rest.partition("@")[2]
        if symbol in ARRAYS and kind == "arr" and speed in SPEEDS:
            return StreamName(text, ARRAYS[symbol], each=SPEEDS[speed])
        raise Declined(f"{text} is not served")
    if not symbol.isalnum():
        raise Declined(f"invalid stream {text}")
    if rest in PLAIN:
        return StreamName(text, rest, symbol.upper())
    if rest.startswith("kline_") and not UNSERVED.fullmatch(rest):
        return StreamName(text, "kline", symbol.upper(), _interval(text, rest.removeprefix("kline_")))
    raise Declined(f"{text} is not served" if UNSERVED.fullmatch(rest) else f"invalid stream {text}")


def _interval(text: str, words: str) -> Interval:
    """Return the interval of a kline. A time zone is served only if its candles open at the same times."""
    code, _, zone = words.partition("@")
    interval = INTERVALS.get(code)
    if interval is None or (zone and not ZONE.fullmatch(zone)):
        raise Declined(f"invalid stream {text}")
    if zone and ZONE_LENGTH % interval.length:
        raise Declined(f"{text} is not served: candles open in UTC")
    return interval
