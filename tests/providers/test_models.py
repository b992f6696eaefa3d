"""Candle lengths and windows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("3m", "2026-01-02T03:36"),
        ("30m", "2026-01-02T03:30"),
        ("2h", "2026-01-02T02:00"),
        ("6h", "2026-01-02T00:00"),
        ("8h", "2026-01-02T00:00"),
        ("12h", "2026-01-02T00:00"),
        ("3d", "2026-01-01T00:00"),
        ("1w", "2025-12-29T00:00"),
        ("1M", "2026-01-01T00:00"),
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


def test_three_days_count_from_the_epoch() -> None:
    """Candles of three days count from the one that opens on 1970-01-01."""
    assert INTERVALS["3d"].open_time(0) == 0
    assert INTERVALS["3d"].open_time(ms("2026-01-02")) % (3 * 86_400_000) == 0


@given(st.datetimes(datetime(1, 1, 1), datetime(9998, 12, 31)))
def test_months_are_those_of_the_calendar(moment: datetime) -> None:
    """A calendar month opens on its first day, and closes where the next one opens."""
    month = INTERVALS["1M"]
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)

    assert month.open_time(ms(moment.isoformat())) == ms(first.isoformat())
    assert month.after(ms(first.isoformat())) == ms(following.isoformat())
    assert month.after(ms(following.isoformat()), -1) == ms(first.isoformat())


@given(st.sampled_from(sorted(INTERVALS)), st.integers(0, 10**15), st.integers(-3000, 3000))
def test_candles_are_counted_as_they_follow_each_other(code: str, time: int, steps: int) -> None:
    """The open time some candles later follows from their number, whatever their lengths."""
    interval = INTERVALS[code]
    opened = interval.open_time(time)

    assert interval.open_time(interval.after(opened, steps)) == interval.after(opened, steps)
    assert interval.count(opened, interval.after(opened, steps)) == steps + 1
    assert interval.first_open(opened) == opened
    assert interval.first_open(opened + 1) == interval.after(opened)
    assert interval.after(opened) - opened <= interval.length


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (Window(3), "2025-11-01", "2026-01-01"),
        (Window(14), "2024-12-01", "2026-01-01"),
        (Window(2, end=ms("2024-03-01")), "2024-02-01", "2024-03-01"),
        (Window(2, start=ms("2024-02-01")), "2024-02-01", "2024-03-01"),
    ],
)
def test_bounds_of_months(window: Window, first: str, last: str) -> None:
    """A window of months has its number of months, not of days."""
    assert window.bounds(INTERVALS["1M"], ms("2026-01-02T03:30")) == (ms(first), ms(last))


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
