"""Larger candles from kept smaller ones: exactly those of the pure rule, with reasons for missing ones."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.analysis.candles import resample as by_rule
from engine.config import Settings
from engine.history import columns
from engine.history.archive import READ_WITHIN, Archive
from engine.history.resampled import resampled
from engine.history.resampling import resample, resampled_gaps, sources
from engine.history.series import KeptCandle, SeriesKey
from engine.history.threads import Threads
from providers import INTERVALS, Candle
from tests.engine.history.kept import BTC, MINUTE, START, Cause, Gap, finding, kept

HOUR, DAY = 60 * MINUTE, 1440 * MINUTE
HOURS = SeriesKey("btc", "USDT", "1h")
NAMES = {1: "binance", 2: "bybit"}


def invented(code: str, count: int) -> list[KeptCandle]:
    """Return candles with odd fractions, holes, and unknown figures here and there."""
    chance = random.Random(7)
    interval = INTERVALS[code]
    first = interval.open_time(START)
    found = []
    for place in range(count):
        if chance.random() < 0.003:
            continue
        opened, close = chance.uniform(90, 110), chance.uniform(90, 110)
        figures = (opened, max(opened, close) * 1.01, min(opened, close) * 0.99, close)
        volume = None if chance.random() < 0.003 else chance.expovariate(1)
        trades = None if chance.random() < 0.003 else chance.randrange(1000)
        row = Candle(interval.after(first, place), *figures, volume, chance.expovariate(0.01), trades)
        found.append(KeptCandle(row, "binance", known=START))
    return found


@pytest.mark.parametrize(
    ("small", "large"), [("1m", "1h"), ("1m", "3m"), ("1h", "1d"), ("1d", "1w"), ("1d", "1M"), ("1d", "3d")]
)
def test_it_is_the_rule_for_candles(small: str, large: str) -> None:
    """Columns give the same candles to the last digit as the rule does, one candle at a time."""
    rows = invented(small, 3000)
    source, target = INTERVALS[small], INTERVALS[large]
    found = resample(columns.from_candles(rows, {"binance": 1}), source, target)
    expected = by_rule([it.candle for it in rows], source, target, START * 2)

    assert len(expected) > 10
    assert [it.candle for it in columns.to_candles(found, NAMES)] == expected


def test_sources_divide_the_interval() -> None:
    """Only intervals make up larger ones that begin where those begin."""
    assert [it.code for it in sources(INTERVALS["1h"])] == ["30m", "15m", "5m", "3m", "1m"]
    assert "3d" not in {it.code for code in ("1w", "1M") for it in sources(INTERVALS[code])}
    assert sources(INTERVALS["1m"]) == []


def test_parts_of_another_provider_are_marked() -> None:
    """An hour with one minute of another provider names this one, and says that it is filled."""
    rows = [kept(at, provider="bybit" if at == 70 else "binance") for at in range(180)]
    found = resample(columns.from_candles(rows, {"binance": 1, "bybit": 2}), INTERVALS["1m"], INTERVALS["1h"])

    hours = columns.to_candles(found, NAMES)
    assert [(it.provider, it.filled) for it in hours] == [
        ("binance", False),
        ("bybit", True),
        ("binance", False),
    ]


def test_reasons_follow_from_the_parts() -> None:
    """A candle has the reason of its parts if all of them lack for it, and an unknown one otherwise."""
    parts = [
        Gap(START, START + 150 * MINUTE, "before_listing"),
        Gap(START + 5 * HOUR, START + 6 * HOUR, "no_trades"),
        Gap(START + 7 * HOUR + MINUTE, START + 7 * HOUR + 2 * MINUTE, "not_fetched"),
    ]
    missing = [
        (START, START + 3 * HOUR),
        (START + 5 * HOUR, START + 6 * HOUR),
        (START + 7 * HOUR, START + 8 * HOUR),
    ]

    assert resampled_gaps(missing, parts, INTERVALS["1h"]) == [
        Gap(START, START + 2 * HOUR, "before_listing"),
        Gap(START + 2 * HOUR, START + 3 * HOUR, "unknown"),
        Gap(START + 5 * HOUR, START + 6 * HOUR, "no_trades"),
        Gap(START + 7 * HOUR, START + 8 * HOUR, "not_fetched"),
    ]


def test_weeks_of_minutes_are_read_in_pieces(tmp_path: Path) -> None:
    """The hours of some weeks are complete, also where pieces meet; without all minutes there are none."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    count = 20 * 1440
    archive.write(BTC, finding(*(kept(at, 100 + at % 97 / 8) for at in range(count))), Cause.JOB)
    made = resampled(archive, HOURS, START, START + 20 * DAY)
    longer = resampled(archive, HOURS, START, START + 21 * DAY)
    then = resampled(archive, HOURS, START, START + 21 * DAY, START - 1, complete=False)
    archive.stop()

    assert made is not None
    assert then is not None
    assert made.source.code == "1m"
    assert [it.candle.open_time for it in made.piece.candles] == list(range(START, START + 20 * DAY, HOUR))
    assert list(made.piece.gaps) == []
    assert longer is None
    assert list(then.piece.gaps) == [Gap(START, START + 21 * DAY, "not_fetched")]


def test_each_piece_has_the_time_of_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that hangs in the middle is given up as soon as at the beginning."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    archive.write(BTC, finding(*(kept(at) for at in range(120))), Cause.JOB)
    limits: list[float] = []
    run = Threads.run

    def noting(threads: Threads[Any], work: Callable[[Any], Any], within: float) -> Any:
        limits.append(within)
        return run(threads, work, within)

    monkeypatch.setattr(Threads, "run", noting)
    made = resampled(archive, HOURS, START, START + 2 * HOUR)
    archive.stop()

    assert made is not None
    assert limits == [READ_WITHIN] * 3
