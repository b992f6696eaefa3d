"""The checks on candles, and what is derived from valid ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.analysis.candles import ascending, check, closed, gaps, resample, sound
from providers import INTERVALS, BadMarket, Candle

HOUR = INTERVALS["1h"]
FOUR = INTERVALS["4h"]
START = 1_795_363_200_000 // FOUR.length * FOUR.length


def series(count: int, start: int = START, length: int = HOUR.length) -> list[Candle]:
    """Return valid candles, one after the other."""
    return [
        Candle(start + place * length, 10.0 + place, 12.0 + place, 9.0 + place, 11.0 + place, 5.0)
        for place in range(count)
    ]


def checked(candles: list[Candle], *, newest: bool = True, later: int = 0) -> None:
    """Check the candles at a moment within the last one, or at `later`."""
    check(candles, HOUR, (candles[-1].open_time if candles else START) + 1000 + later, newest=newest)


def test_valid_candles_pass() -> None:
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
def test_an_impossible_candle_invalidates_the_answer(wrong: dict[str, float]) -> None:
    """One impossible candle makes the answer bad data."""
    candles = series(5)
    candles[0] = replace(candles[0], **wrong)

    with pytest.raises(BadMarket):
        checked(candles)


def test_a_missing_volume_is_valid() -> None:
    """Candles of a provider without volumes have the volume `None`."""
    checked([replace(candle, volume=None) for candle in series(3)])


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 1, 1, 2], [2, 1, 0]])
def test_open_times_ascend_and_are_unique(order: list[int]) -> None:
    """Unsorted or duplicate rows are bad data."""
    candles = series(3)

    with pytest.raises(BadMarket):
        check([candles[place] for place in order], HOUR, candles[-1].open_time, newest=True)


def test_weeks_open_on_monday() -> None:
    """A week that opens on Thursday is refused."""
    thursday = 1_795_046_400_000 // (7 * 86_400_000) * 7 * 86_400_000

    with pytest.raises(BadMarket):
        check(series(2, thursday, 7 * 86_400_000), INTERVALS["1w"], thursday, newest=False)


def test_the_newest_candle_is_recent() -> None:
    """The newest candle may be two intervals old, and an older one is refused."""
    checked(series(3), later=2 * HOUR.length - 1000)

    with pytest.raises(BadMarket):
        checked(series(3), later=2 * HOUR.length)


def test_old_candles_are_valid_in_a_window() -> None:
    """In an answer to a request with times, candles may have any age."""
    checked(series(3), newest=False, later=100 * HOUR.length)


def test_an_empty_list_is_bad_data_for_the_newest_candles_only() -> None:
    """An empty list of the newest candles is bad data, and a window may be empty."""
    checked([], newest=False)

    with pytest.raises(BadMarket):
        checked([])


def test_candles_of_the_future_are_refused() -> None:
    """A candle that opens later than clocks may differ is bad data."""
    candles = series(3)
    check(candles, HOUR, candles[-1].open_time - 30_000, newest=True)

    with pytest.raises(BadMarket):
        check(candles, HOUR, candles[-1].open_time - 90_000, newest=True)


def test_gaps_name_the_first_and_last_missing_open_time() -> None:
    """Each gap has the open times of its first and last missing candle, which may be equal."""
    candles = series(10)
    holey = [candle for place, candle in enumerate(candles) if place not in (2, 5, 6, 7)]

    assert gaps(holey, HOUR) == [
        (candles[2].open_time, candles[2].open_time),
        (candles[5].open_time, candles[7].open_time),
    ]


@given(st.sets(st.integers(0, 40), min_size=1))
def test_candles_and_gaps_cover_every_open_time(places: set[int]) -> None:
    """Each open time between the first and the last has a candle or is in exactly one gap."""
    candles = [series(41)[place] for place in sorted(places)]
    missing = [time for first, last in gaps(candles, HOUR) for time in range(first, last + 1, HOUR.length)]

    there = [candle.open_time for candle in candles]
    assert sorted(there + missing) == list(range(there[0], there[-1] + 1, HOUR.length))


ODD = 1_518_168_494_789
"""When Binance's hours of 9 February 2018 began to open, after an outage of 33 hours."""


def test_the_misaligned_hours_of_2018_are_left_out_and_listed() -> None:
    """Seven misaligned rows of 2018 between valid ones become gaps."""
    first = HOUR.open_time(ODD)
    odd = [replace(series(1)[0], open_time=ODD + place * HOUR.length) for place in range(7)]
    before, after = series(5, first - 40 * HOUR.length), series(10, first + 7 * HOUR.length)
    valid = sound([*before, *odd, *after], HOUR, START)

    assert valid.candles == [*before, *after]
    assert valid.left_out == tuple(first + place * HOUR.length for place in range(7))
    assert gaps(valid.candles, HOUR, valid.left_out) == [(first - 35 * HOUR.length, first + 6 * HOUR.length)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"high": 8.0},
        {"close": float("nan")},
        {"high": float("inf")},
        {"low": -1.0, "open": -0.5},
        {"volume": -1.0},
        {"open_time": START + 2 * HOUR.length + 1},
        {"open_time": START + 100 * HOUR.length},
    ],
)
def test_an_invalid_row_of_the_past_affects_no_other(wrong: dict[str, float]) -> None:
    """An invalid row of the past is omitted and its open time listed, unless it is in the future."""
    candles = series(5)
    rows = [*candles[:2], replace(candles[2], **wrong), *candles[3:]]
    valid = sound(rows, HOUR, candles[-1].open_time)

    assert valid.candles == [*candles[:2], *candles[3:]]
    assert valid.left_out in ((candles[2].open_time,), ())
    assert gaps(valid.candles, HOUR, valid.left_out) == [(candles[2].open_time, candles[2].open_time)]


def test_rows_that_contradict_each_other_are_both_left_out() -> None:
    """Equal rows count once, contradicting ones not at all, and impossible ones are ignored."""
    candles = series(4)
    now = candles[-1].open_time
    other, impossible = replace(candles[1], close=10.5), replace(candles[1], close=99.0)

    assert sound([*candles[:2], other, *candles[2:]], HOUR, now) == (
        [candles[0], *candles[2:]],
        (candles[1].open_time,),
    )
    assert sound([*candles[:2], *candles[1:]], HOUR, now) == (candles, ())
    assert sound([*candles[:2], impossible, *candles[2:]], HOUR, now) == (candles, ())


@pytest.mark.parametrize(
    ("order", "kept"),
    [
        ([0, 2, 1, 3], {0, 3}),
        ([4, 0, 1, 2, 3], {0, 1, 2, 3}),
        ([1, 2, 3, 4, 0], {1, 2, 3, 4}),
        ([4, 1, 2, 3, 0], {1, 2, 3}),
        ([2, 3, 4, 0, 1], {2, 3, 4}),
    ],
)
def test_as_few_rows_as_possible_are_left_out(order: list[int], kept: set[int]) -> None:
    """A row at a wrong place is omitted, and all other rows stay."""
    candles = series(5)
    valid = sound([candles[place] for place in order], HOUR, candles[-1].open_time)

    assert {candles.index(candle) for candle in valid.candles} >= kept
    assert len(valid.candles) + len(valid.left_out) == len(order)


@given(st.permutations(range(12)))
def test_the_longest_ascending_rows_are_kept(order: list[int]) -> None:
    """The kept rows ascend, and no longer ascending selection exists."""
    candles = series(12)
    kept = [candles.index(candle) for candle in ascending([candles[place] for place in order])]
    best: list[int] = []
    for place in order:
        best.append(
            1 + max((most for most, other in zip(best, order, strict=False) if other < place), default=0)
        )

    assert kept == sorted(kept)
    assert len(kept) == max(best)


def test_invalid_rows_alone_are_a_bad_market() -> None:
    """A list of invalid rows alone is a bad market, and an empty list is valid in a window."""
    assert sound([], HOUR, START) == ([], ())
    with pytest.raises(BadMarket):
        sound([replace(candle, low=0.0) for candle in series(5)], HOUR, START)


def test_a_thousand_reversed_rows_are_checked_quickly() -> None:
    """The checks on a thousand rows take as long as sorting them, in any order."""
    candles = series(20_000)

    assert len(ascending(candles)) == 20_000
    assert len(ascending(candles[::-1])) == 1


def test_a_candle_is_closed_when_the_next_one_opens() -> None:
    """A candle is closed when the clock reaches the next open time, to the millisecond."""
    candle = series(1)[0]

    assert not closed(candle, HOUR, candle.open_time + HOUR.length - 1)
    assert closed(candle, HOUR, candle.open_time + HOUR.length)


def test_resampled_candles_are_exact() -> None:
    """A resampled candle has the first open, the last close, the extremes and the sum of volumes."""
    candles = series(8)

    assert resample(candles, HOUR, FOUR, START + 8 * HOUR.length) == [
        Candle(START, 10.0, 15.0, 9.0, 14.0, 20.0),
        Candle(START + FOUR.length, 14.0, 19.0, 13.0, 18.0, 20.0),
    ]


def test_the_forming_candle_may_lack_its_end_only() -> None:
    """A forming candle is built from all of its parts so far, beginning with the first."""
    candles = series(6)
    now = candles[-1].open_time

    assert [candle.open_time for candle in resample(candles, HOUR, FOUR, now)] == [START, START + FOUR.length]
    assert len(resample([*candles[:4], *candles[5:]], HOUR, FOUR, now)) == 1


@given(st.sets(st.integers(0, 47), min_size=1))
def test_closed_candles_are_resampled_from_complete_parts_only(places: set[int]) -> None:
    """A closed candle exists if and only if all its parts exist."""
    candles = [series(48)[place] for place in sorted(places)]
    made = {candle.open_time for candle in resample(candles, HOUR, FOUR, START + 100 * FOUR.length)}

    whole = {
        START + group * FOUR.length for group in range(12) if set(range(4 * group, 4 * group + 4)) <= places
    }
    assert made == whole


def test_a_volume_is_known_if_all_parts_have_one() -> None:
    """The volume of a resampled candle is unknown if one part has no volume."""
    candles = series(4)
    candles[1] = replace(candles[1], volume=None)

    assert resample(candles, HOUR, FOUR, START + FOUR.length)[0].volume is None


MONTH, DAY = INTERVALS["1M"], INTERVALS["1d"]
JANUARY = 1_767_225_600_000
"""2026-01-01."""


def test_months_are_built_from_their_days() -> None:
    """January is complete with 31 days, February with 28, and March is still forming."""
    days = series(31 + 28 + 10, JANUARY, DAY.length)
    now = days[-1].open_time + 1000

    months = resample(days, DAY, MONTH, now)

    assert [month.open_time for month in months] == [JANUARY, *(MONTH.after(JANUARY, it) for it in (1, 2))]
    assert [month.volume for month in months] == [31 * 5.0, 28 * 5.0, 10 * 5.0]
    check(months, MONTH, now, newest=True)


@pytest.mark.parametrize("missing", [0, 14, 30])
def test_a_month_without_a_day_is_left_out(missing: int) -> None:
    """A month without one of its days is omitted, because its figures would be wrong."""
    days = series(31 + 28, JANUARY, DAY.length)
    del days[missing]

    months = resample(days, DAY, MONTH, MONTH.after(JANUARY, 3))

    assert [month.open_time for month in months] == [MONTH.after(JANUARY)]


def test_a_missing_month_is_a_gap() -> None:
    """Months of different lengths follow each other without gaps."""
    opens = [MONTH.after(JANUARY, place) for place in (0, 1, 2, 4)]
    months = [Candle(time, 10.0, 12.0, 9.0, 11.0, 5.0) for time in opens]

    assert gaps(months, MONTH) == [(MONTH.after(JANUARY, 3), MONTH.after(JANUARY, 3))]


@pytest.mark.parametrize(("later", "good"), [(0, True), (1, False)])
def test_a_month_is_stale_after_two_more(later: int, good: bool) -> None:
    """The newest month may be two calendar months old, as other candles may be two intervals."""
    month = [Candle(JANUARY, 10.0, 12.0, 9.0, 11.0, 5.0)]
    now = MONTH.after(JANUARY, 2) + later

    if good:
        check(month, MONTH, now, newest=True)
        return
    with pytest.raises(BadMarket):
        check(month, MONTH, now, newest=True)


def test_volumes_in_the_quote_currency_and_trades_add_up() -> None:
    """A figure that one part lacks is unknown for the whole."""
    parts = [replace(part, quote_volume=50.5, trades=3) for part in series(8)]
    parts[6] = replace(parts[6], trades=None)

    first, second = resample(parts, HOUR, FOUR, START + 2 * FOUR.length)

    assert (first.quote_volume, first.trades) == (202.0, 12)
    assert (second.quote_volume, second.trades) == (202.0, None)
