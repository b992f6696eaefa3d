"""`python -m benchmarks.codec`: the cost of encoding and decoding values for Redis, compared with pickle."""

import pickle
import sys
from collections.abc import Callable
from timeit import repeat
from typing import Any

from engine.analysis.standstill import Standstill
from engine.analysis.tether import Rate
from engine.cache import Answer, Entry
from engine.market.candles.series import Series
from engine.market.prices.quotes import CoinQuotes
from engine.store._codec import decode, encode
from providers import ASSET_BY_NAME, Candle, Pair, Quote

BITCOIN = ASSET_BY_NAME["BTC"]
NOW = 1_795_365_000.0
HOUR = 3_600_000
VENUES = ("binance", "bybit", "coinbase", "coingecko", "coinpaprika", "gate", "kraken", "kucoin", "okx")


def main() -> None:
    """Print a row for each kind of value."""
    print("microseconds and bytes, each compared with pickle's\n")
    print(f"| {'what':<18} | {'to write':>14} | {'to read':>14} | {'bytes':>14} | {'time':>4} |")
    print(f"|{'-' * 20}|{'-' * 16}|{'-' * 16}|{'-' * 16}|{'-' * 6}|")
    for name, value, kind in (
        ("1000 candles", Entry(_series(), NOW, 300.0), Entry[Series]),
        ("a coin's quotes", Entry(_quotes(), NOW, 60.0), Entry[CoinQuotes]),
        ("an answer of 60 kB", Answer(head=b"x" * 60_000, tag="a", made=NOW, lifetime=300.0), Answer),
    ):
        _row(name, value, kind)


def _row(name: str, value: Any, kind: Any) -> None:
    data, pickled = encode(value), pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    if decode(data, kind) != value:
        sys.exit(f"{name}: what is read is not what was written")
    write = _microseconds(lambda: encode(value))
    read = _microseconds(lambda: decode(data, kind))
    write_pickle = _microseconds(lambda: pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    read_pickle = _microseconds(lambda: pickle.loads(pickled))
    ratio = (write + read) / (write_pickle + read_pickle)
    print(
        f"| {name:<18} | {write:>6.0f}, {write_pickle:>6.0f} | {read:>6.0f}, {read_pickle:>6.0f} "
        f"| {len(data):>6}, {len(pickled):>6} | {ratio:>4.2f} |"
    )


def _microseconds(work: Callable[[], object]) -> float:
    """Return the time of the fastest run, since other processes only add time."""
    return min(repeat(work, number=20, repeat=15)) / 20 * 1e6


def _series() -> Series:
    def candle(place: int) -> Candle:
        open_, high, low, close, volume, spent = (60_000 + place * 1.37 + step / 7 for step in range(6))
        time = 1_700_000_000_000 + place * HOUR
        return Candle(time, open_, high, low, close, volume, spent, 40_000 + place)

    return Series("binance", Pair(BITCOIN, "USDT"), tuple(map(candle, range(1000))))


def _quotes() -> CoinQuotes:
    quotes = {
        name: Quote(BITCOIN, 64_123.45 + place, "USDT", 1_795_365_000_000, 0.1, -1.5, 3.25)
        for place, name in enumerate(VENUES)
    }
    stands = {name: Standstill(64_123.45, NOW, 64_000.0, 64_200.0, 0.01) for name in VENUES}
    return CoinQuotes(quotes, {"coincap": "Timeout"}, Rate(1.0004, 0.98, True), stands)


if __name__ == "__main__":
    main()
