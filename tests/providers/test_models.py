"""Candle lengths and windows."""

from datetime import UTC, datetime

import pytest

from providers import INTERVALS, Window

HOUR = INTERVALS["1h"]
WEEK = INTERVALS["1w"]


def ms(text: str) -> int:
    """Return the Unix milliseconds of a time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("code", "opens"),
    [
        ("1m", "2026-01-02T03:38"),
        ("5m", "2026-01-02T03:35"),
        ("15m", "2026-01-02T03:30"),
        ("1h", "2026-01-02T03:00"),
        ("4h", "2026-01-02T00:00"),
        ("1d", "2026-01-02T00:00"),
        ("1w", "2025-12-29T00:00"),
    ],
)
def test_open_time(code: str, opens: str) -> None:
    """Candles are aligned in UTC, and weeks open on Monday."""
    interval = INTERVALS[code]

    assert interval.open_time(ms("2026-01-02T03:38:59.999")) == ms(opens)
    assert interval.open_time(ms(opens)) == ms(opens)


def test_weeks_open_on_monday() -> None:
    """Sunday's last millisecond and Monday's first are in different weeks."""
    monday = ms("2026-01-05")

    assert datetime.fromtimestamp(monday / 1000, UTC).strftime("%A") == "Monday"
    assert WEEK.open_time(monday) == monday
    assert WEEK.open_time(monday - 1) == monday - WEEK.length


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (Window(3), "01:00", "03:00"),
        (Window(1), "03:00", "03:00"),
        (Window(3, end=ms("2026-01-02T02:00")), "00:00", "02:00"),
        (Window(3, end=ms("2026-01-02T09:00")), "01:00", "03:00"),
        (Window(2, start=ms("2026-01-02T00:00")), "00:00", "01:00"),
        (Window(9, start=ms("2026-01-02T00:00")), "00:00", "03:00"),
        (Window(9, start=ms("2026-01-02T00:00"), end=ms("2026-01-02T02:00")), "00:00", "02:00"),
        (Window(2, start=ms("2026-01-02T00:00"), end=ms("2026-01-02T02:00")), "00:00", "01:00"),
    ],
)
def test_bounds(window: Window, first: str, last: str) -> None:
    """A window with a start has its oldest candles, others the newest, and none is in the future."""
    now = ms("2026-01-02T03:30")

    assert window.bounds(HOUR, now) == (ms(f"2026-01-02T{first}"), ms(f"2026-01-02T{last}"))


def test_bounded() -> None:
    """A window with one bound is bounded."""
    assert [window.bounded for window in (Window(1), Window(1, start=0), Window(1, end=0))] == [
        False,
        True,
        True,
    ]
