"""The kept history: bytes a candle, and how fast it is written, read, resampled and exported.

`python -m benchmarks.history [coins] [days]`, by default 30 coins and two years of one-minute candles with
six figures each, in a SQLite file of a temporary folder.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from engine.config import Settings
from engine.history.archive import Archive
from engine.history.exports import Export, Format, pieces_of
from engine.history.resampled import resampled
from engine.history.series import Cause, Finding, KeptCandle, SeriesKey
from providers import Candle

COINS, DAYS = 30, 730
FORMATS: tuple[Format, ...] = ("csv", "ndjson", "parquet")
START = 1_704_067_200_000
"""2024-01-01, the start of a page of minutes."""
MINUTE, DAY = 60_000, 86_400_000
PRICES = (97_000.0, 3_500.0, 190.0, 2.4, 0.41, 0.000023)
"""Prices from which random walks begin, with their decimals below."""
DECIMALS = (2, 2, 2, 4, 5, 8)


def day_of(random: np.random.Generator, kind: int, first: float) -> tuple[list[list[float]], float]:
    """Return the figures of a day of minutes from a price on, and its last price."""
    digits = DECIMALS[kind]
    steps = np.cumsum(random.normal(0, 0.0006, 1440))
    close = np.round(first * np.exp(steps), digits)
    opened = np.concatenate([[first], close[:-1]])
    wick = np.abs(random.normal(0, 0.0003, (2, 1440)))
    high = np.round(np.maximum(opened, close) * (1 + wick[0]), digits)
    low = np.round(np.minimum(opened, close) * (1 - wick[1]), digits)
    volume = np.round(np.exp(random.normal(1, 1.2, 1440)), 5 if digits == 2 else 1)
    columns = (opened, np.maximum(high, close), np.minimum(low, close), close, volume)
    return [column.tolist() for column in columns], float(close[-1])


def findings(coin: int, days: int) -> Iterator[Finding]:
    """Yield a finding for each week of one coin."""
    random = np.random.default_rng(coin)
    kind = coin % len(PRICES)
    price = PRICES[kind]
    for week in range(0, days, 7):
        kept: list[KeptCandle] = []
        first, until = START + week * DAY, START + min(week + 7, days) * DAY
        for begin in range(first, until, DAY):
            columns, price = day_of(random, kind, price)
            rows = zip(range(begin, begin + DAY, MINUTE), *columns, strict=True)
            kept += [KeptCandle(Candle(*row), "binance", known=until) for row in rows]
        yield Finding(first, until, kept, until)


def timed(work: Callable[[], object]) -> float:
    """Return the processor seconds that `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(coins: int, days: int) -> None:
    """Write the history, and print the figures."""
    with TemporaryDirectory() as folder:
        archive = Archive(Settings(data_dir=folder, history_enabled=True, history_max_bytes=1 << 40))
        keys = [SeriesKey(f"coin{number}", "USDT", "1m") for number in range(coins)]
        seconds, count = 0.0, 0
        for number, key in enumerate(keys):
            for finding in findings(number, days):
                seconds += timed(lambda: archive.write(key, finding, Cause.JOB))  # noqa: B023 - called at once
                count += len(finding.candles)
        archive.stop()
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        print(f"{count} candles: {size / count:.1f} bytes each, {count / seconds:.0f} written a second")
        reads(archive, keys, days)
        archive.stop()


def reads(archive: Archive, keys: list[SeriesKey], days: int) -> None:
    """Print the figures of reading."""
    random = np.random.default_rng(7)
    minutes = random.integers(0, days * 1440 - 1000, 50).tolist()
    spots = [(keys[at % len(keys)], START + minute * MINUTE) for at, minute in enumerate(minutes)]
    taken = [timed(lambda: archive.read(key, at, at + 1000 * MINUTE)) for key, at in spots]  # noqa: B023
    print(f"1000 candles: {median(taken) * 1000:.1f} ms (median)")
    year = min(days, 365)
    end = START + year * DAY

    hour = SeriesKey(keys[0].coin, keys[0].quote, "1h")
    made = [timed(lambda: resampled(archive, hour, START, end)) for _ in range(5)]
    print(f"{year} days of 1m read and resampled to 1h: {median(made) * 1000:.0f} ms (median)")
    for form in FORMATS:
        begin_with = Export(keys[0], START, START + DAY, end, form, None, str)
        whole = Export(keys[0], START, end, end, form, None, str)
        exported(archive, begin_with)  # imports the libraries
        seconds = timed(lambda: exported(archive, whole))  # noqa: B023 - called at once
        print(f"export of {form}: {year * 1440 / seconds:.0f} candles a second")


def exported(archive: Archive, export: Export) -> int:
    """Return the bytes of a file."""
    return sum(map(len, pieces_of(export, archive, ())))


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*given, *(COINS, DAYS)[len(given) :])
