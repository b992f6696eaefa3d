"""`python -m benchmarks.indicators`: the processor time of six indicators over 1000 candles."""

import time
from collections.abc import Callable
from functools import partial
from math import exp
from random import Random

from benchmarks.process import own_megabytes
from engine.analysis.indicators import INDICATORS, Bars, load, read
from engine.cache import Validity
from engine.market.candles.slices import CandleSlice
from engine.market.indicators.table import Column, IndicatorTable, answer
from providers import INTERVALS, Candle

NAMES = ("rsi:14", "macd:12:26:9", "bbands:20:2", "ema:200", "atr:14", "stochrsi:14:14:3:3")
ROWS = 1000
READ = 2581
"""Candles of the answer, and those of the longest warm-up before them."""
HOUR = INTERVALS["1h"]
START = HOUR.open_time(1_700_000_000_000)
ROUNDS = 30


def candles(count: int = READ) -> tuple[Candle, ...]:
    """Return a random walk, the same each time."""
    chance, price, rows = Random(7), 60_000.0, []
    for place in range(count):
        opened, price = price, price * exp(chance.gauss(0, 0.01))
        high, low = max(opened, price) * 1.002, min(opened, price) * 0.998
        rows.append(Candle(START + place * HOUR.length, opened, high, low, price, 9.5))
    return tuple(rows)


def columns(rows: tuple[Candle, ...]) -> tuple[Column, ...]:
    """Return the six indicators of the newest candles."""
    bars = Bars.of(rows, HOUR)
    named = [read(name, INDICATORS) for name in NAMES]
    return tuple(Column(each, each.over(bars, ROWS)) for each in named)


def table(rows: tuple[Candle, ...], found: tuple[Column, ...]) -> IndicatorTable:
    """Return the table of an answer."""
    validity = Validity(made=0.0, lifetime=300.0)
    return IndicatorTable(CandleSlice("BTCUSDT", HOUR, "USDT", "binance", rows[-ROWS:], validity), found)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the processor time of the fastest of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1000


def main() -> None:
    """Print the cost of the libraries, the calculation and the answer."""
    before, start = own_megabytes(), time.process_time()
    load()
    seconds = time.process_time() - start
    print(f"\nimport of numpy and TA-Lib: {seconds * 1000:.0f} ms, {own_megabytes() - before:.0f} MB")
    rows = candles()
    found = columns(rows)
    spent, written = milliseconds(lambda: columns(rows)), milliseconds(lambda: answer(table(rows, found)))
    print(f"six indicators at {ROWS} candles, after {READ - ROWS} of warm-up: {spent:.1f} ms")
    print(f"their answer of {ROWS} rows as JSON: {written:.1f} ms")
    bars = Bars.of(rows, HOUR)
    costs = {name: milliseconds(partial(read(name, INDICATORS).over, bars, ROWS)) for name in INDICATORS}
    dearest = max(costs, key=lambda name: costs[name])
    slowest = f"{costs[dearest]:.2f} ms ({dearest})"
    print(f"all {len(costs)} indicators: {sum(costs.values()):.1f} ms, at most {slowest}")


if __name__ == "__main__":
    main()
