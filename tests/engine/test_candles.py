"""What makes candles trustworthy."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.candles import check, closed, gaps, resample
from providers import INTERVALS, BadData, Candle

HOUR = INTERVALS["1h"]
FOUR = INTERVALS["4h"]
START = 1_795_363_200_000 // FOUR.length * FOUR.length


def series(count: int, start: int = START, length: int = HOUR.length) -> list[Candle]:
    """Good candles, one after the other."""
    return [
        Candle(start + place * length, 10.0 + place, 12.0 + place, 9.0 + place, 11.0 + place, 5.0)
        for place in range(count)
    ]


def checked(candles: list[Candle], *, newest: bool = True, later: int = 0) -> None:
    """Check at a moment within the last candle, or `later`."""
    check(candles, HOUR, (candles[-1].open_time if candles else START) + 1000 + later, newest=newest)


def test_good_candles_pass() -> None:
    """Aligned, ascending, possible and recent candles are accepted."""
    checked(series(60))


@pytest.mark.parametrize(
    "wrong",
    [
        {"high": 8.0},
        {"low": 10.5},
        {"open": float("nan")},
        {"close": float("nan")},
        {"high": float("nan")},
        {"low": float("nan")},
        {"high": float("inf")},
        {"low": 0.0},
        {"low": -1.0, "open": -0.5},
        {"volume": -1.0},
        {"volume": float("nan")},
        {"volume": float("inf")},
        {"open_time": START + 1},
    ],
)
def test_an_impossible_candle_spoils_all(wrong: dict[str, float]) -> None:
    """One candle that cannot be makes the whole answer bad."""
    candles = series(5)
    candles[0] = replace(candles[0], **wrong)  # type: ignore[arg-type]

    with pytest.raises(BadData):
        checked(candles)


def test_a_missing_volume_is_no_fault() -> None:
    """A provider without volumes gives `None`."""
    checked([replace(candle, volume=None) for candle in series(3)])


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 1, 1, 2], [2, 1, 0]])
def test_open_times_ascend_and_are_unique(order: list[int]) -> None:
    """Unsorted or doubled rows are bad data."""
    candles = series(3)

    with pytest.raises(BadData):
        check([candles[place] for place in order], HOUR, candles[-1].open_time, newest=True)


def test_weeks_open_on_monday() -> None:
    """A week that opens on Thursday is no candle of ours."""
    thursday = 1_795_046_400_000 // (7 * 86_400_000) * 7 * 86_400_000

    with pytest.raises(BadData):
        check(series(2, thursday, 7 * 86_400_000), INTERVALS["1w"], thursday, newest=False)


def test_the_newest_candle_is_recent() -> None:
    """Two intervals old is tolerated, more is old data sold as new."""
    checked(series(3), later=2 * HOUR.length - 1000)

    with pytest.raises(BadData):
        checked(series(3), later=2 * HOUR.length)


def test_old_candles_are_right_in_a_window() -> None:
    """Where a time was asked for, age is no fault."""
    checked(series(3), newest=False, later=100 * HOUR.length)


def test_no_candles_are_bad_only_where_the_newest_were_asked_for() -> None:
    """There always is a newest candle; a window may be empty."""
    checked([], newest=False)

    with pytest.raises(BadData):
        checked([])


def test_the_future_is_not_known() -> None:
    """A candle that opens later than now, beyond what clocks differ, is bad data."""
    candles = series(3)
    check(candles, HOUR, candles[-1].open_time - 30_000, newest=True)

    with pytest.raises(BadData):
        check(candles, HOUR, candles[-1].open_time - 90_000, newest=True)


def test_gaps_name_the_first_and_last_missing_open_time() -> None:
    """Each hole is told by its ends, which may be the same."""
    candles = series(10)
    holey = [candle for place, candle in enumerate(candles) if place not in (2, 5, 6, 7)]

    assert gaps(holey, HOUR) == [
        (candles[2].open_time, candles[2].open_time),
        (candles[5].open_time, candles[7].open_time),
    ]


@given(st.sets(st.integers(0, 40), min_size=1))
def test_candles_and_gaps_make_the_whole(places: set[int]) -> None:
    """Every open time between the first and the last is either there or in exactly one gap."""
    candles = [series(41)[place] for place in sorted(places)]
    missing = [time for first, last in gaps(candles, HOUR) for time in range(first, last + 1, HOUR.length)]

    there = [candle.open_time for candle in candles]
    assert sorted(there + missing) == list(range(there[0], there[-1] + 1, HOUR.length))


def test_closed_is_judged_by_the_clock() -> None:
    """A candle is closed from the moment the next one may open."""
    candle = series(1)[0]

    assert not closed(candle, HOUR, candle.open_time + HOUR.length - 1)
    assert closed(candle, HOUR, candle.open_time + HOUR.length)


def test_resampled_candles_follow_exactly() -> None:
    """Open of the first, close of the last, extremes and sum of all."""
    candles = series(8)

    assert resample(candles, HOUR, FOUR, START + 8 * HOUR.length) == [
        Candle(START, 10.0, 15.0, 9.0, 14.0, 20.0),
        Candle(START + FOUR.length, 14.0, 19.0, 13.0, 18.0, 20.0),
    ]


def test_the_forming_candle_may_lack_its_end_only() -> None:
    """An unfinished candle is made of what there is from its open on."""
    candles = series(6)
    now = candles[-1].open_time

    assert [candle.open_time for candle in resample(candles, HOUR, FOUR, now)] == [START, START + FOUR.length]
    assert len(resample([*candles[:4], *candles[5:]], HOUR, FOUR, now)) == 1


@given(st.sets(st.integers(0, 47), min_size=1))
def test_nothing_is_resampled_from_parts(places: set[int]) -> None:
    """A finished candle is there if and only if all its parts are."""
    candles = [series(48)[place] for place in sorted(places)]
    made = {candle.open_time for candle in resample(candles, HOUR, FOUR, START + 100 * FOUR.length)}

    whole = {
        START + group * FOUR.length for group in range(12) if set(range(4 * group, 4 * group + 4)) <= places
    }
    assert made == whole


def test_a_volume_is_known_only_where_all_parts_have_one() -> None:
    """One missing volume leaves the sum unknown."""
    candles = series(4)
    candles[1] = replace(candles[1], volume=None)

    assert resample(candles, HOUR, FOUR, START + FOUR.length)[0].volume is None
