"""The cached series of candles, and how new candles are joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.market.candles.series import CORRECTED, MOST_KEPT, Series
from engine.store._codec import decode, encode
from providers import ASSET_BY_NAME, INTERVALS, Candle, Pair, Window
from tests.engine.analysis.test_candles import START, series

HOUR = INTERVALS["1h"]
BTC = Pair(ASSET_BY_NAME["BTC"], "USDT")


def kept(count: int) -> Series:
    """Return a series of `count` candles from Binance."""
    return Series("binance", BTC, tuple(series(count)))


def at(place: int) -> int:
    """Return the open time of the candle at a place."""
    return START + place * HOUR.length


def corrected(candle: Candle) -> Candle:
    """Return the same candle with a corrected figure."""
    return replace(candle, close=candle.close + 0.5)


def test_a_slice_is_the_newest_or_from_a_start_the_oldest() -> None:
    """A slice has the newest candles, or with a start the oldest, and includes both ends."""
    ten = kept(10)

    assert [candle.open_time for candle in ten.slice(Window(3))] == [at(7), at(8), at(9)]
    assert [candle.open_time for candle in ten.slice(Window(3, end=at(5)))] == [at(3), at(4), at(5)]
    assert [candle.open_time for candle in ten.slice(Window(3, start=at(5)))] == [at(5), at(6), at(7)]
    assert [candle.open_time for candle in ten.slice(Window(9, at(5), at(6)))] == [at(5), at(6)]


def test_a_series_covers_windows_that_begin_within_it() -> None:
    """A series covers windows that begin within it, or earlier if the provider has nothing before it."""
    ten, now = kept(10), at(9) + 1

    assert ten.covers(Window(10), HOUR, now)
    assert not ten.covers(Window(11), HOUR, now)
    assert replace(ten, asked_from=at(-1)).covers(Window(11), HOUR, now)
    assert not replace(ten, asked_from=at(-1)).covers(Window(12), HOUR, now)
    assert ten.covers(Window(5, start=at(2)), HOUR, now)
    assert not ten.covers(Window(5, start=at(-1)), HOUR, now)
    assert not kept(0).covers(Window(1), HOUR, now)


def test_a_partial_series_lacks_what_was_not_sent() -> None:
    """A series that has fewer candles than requested lacks earlier ones, unless the provider has no more."""
    partial, now = replace(kept(10), asked_from=at(-5)), at(9) + 1

    assert partial.has_all(Window(5, start=at(0)), HOUR, now)
    assert not partial.has_all(Window(5, start=at(-1)), HOUR, now)
    assert replace(partial, whole=True).has_all(Window(5, start=at(-1)), HOUR, now)
    assert not replace(partial, whole=True).has_all(Window(5, start=at(-6)), HOUR, now)


def test_the_tail_is_the_last_closed_candles_and_all_later_ones() -> None:
    """The tail is the last closed candles, which providers correct, and all later ones."""
    ten = kept(10)

    assert ten.tail(HOUR, at(9) + 1) == Window(4, start=at(6))
    assert ten.tail(HOUR, at(12) + 1) == Window(6, start=at(7))
    assert kept(1).tail(HOUR, at(0) + 1) is None


def test_new_candles_replace_old_ones() -> None:
    """New candles replace those with the same time, and later ones are appended."""
    newer = [corrected(candle) for candle in series(12)[6:]]
    joined = kept(10).joined(newer, [{"provider": "binance"}])

    assert list(joined.candles) == [*series(6), *newer]
    assert joined.attempts == ({"provider": "binance"},)


def test_a_series_has_a_maximum_length() -> None:
    """A series has a maximum length, and its oldest candles are dropped."""
    long = replace(kept(MOST_KEPT), asked_from=at(-100))
    joined = long.joined(series(MOST_KEPT + 50)[-60:], ())

    assert len(joined.candles) == MOST_KEPT
    assert joined.candles[-1].open_time == at(MOST_KEPT + 49)
    assert joined.asked_from == at(50)


def test_a_patch_is_listed_with_its_provider_until_it_is_replaced() -> None:
    """Candles of another provider are listed with its name until they are replaced."""
    ten = kept(10)
    holey = replace(ten, candles=(*ten.candles[:3], *ten.candles[5:]))
    assert holey.gaps(HOUR) == [(at(3), at(4))]

    patched = holey.patched(series(10)[3:5], "kraken")
    assert patched.candles == ten.candles
    assert patched.filled == ((at(3), "kraken"), (at(4), "kraken"))
    assert patched.joined(series(10)[4:], ()).filled == ((at(3), "kraken"),)


def test_a_gap_that_no_provider_could_fill_is_not_looked_up_again() -> None:
    """A gap that no provider could fill is not requested again, and clients still see it."""
    ten = kept(10)
    holey = replace(ten, candles=(*ten.candles[:3], *ten.candles[5:]), sought=frozenset({(at(3), at(4))}))

    assert holey.gaps(HOUR) == []


@given(st.integers(1, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_refreshed_series_equals_a_new_one(first: int, later: int, latest: int) -> None:
    """A series with a refreshed tail equals one that was fetched completely."""
    count = first + later + latest
    whole = series(count)
    now = kept(first)
    for end in (first + later, count):
        tail = now.tail(HOUR, at(end - 1) + 1)
        if tail is not None:
            now = now.joined([candle for candle in whole[:end] if candle.open_time >= (tail.start or 0)], ())
    if first > CORRECTED:
        assert now.candles == tuple(whole)


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_a_series_survives_redis(count: int) -> None:
    """The decoded series equals the stored one."""
    given = replace(kept(count), filled=((at(0), "okx"),), sought=frozenset({(1, 2)}), resampled_from="1h")

    assert decode(encode(given), Series) == given


def test_the_times_of_invalid_rows_follow_their_neighbours() -> None:
    """New rows replace the times of invalid rows, and an answer lists those in its window."""
    old = replace(kept(10), left_out=(at(2), at(8)))
    joined = old.joined(series(12)[7:], (), (at(9),))

    assert joined.left_out == (at(2), at(9))
    alone = replace(kept(10), candles=tuple(series(10)[3:]), left_out=(at(1), at(2)))
    assert alone.gaps(HOUR) == [(at(1), at(2))]
    assert alone.missing(Window(10, at(2), at(9)), HOUR, at(20)) == [(at(2), at(2))]
    assert alone.missing(Window(10, at(5), at(9)), HOUR, at(20)) == []
    assert alone.missing(Window(10, at(11), at(30)), HOUR, at(20)) == [(at(11), at(19))]
    assert decode(encode(alone), Series) == alone


def test_filling_does_not_replace_candles() -> None:
    """Another provider's candle counts only where the series has none."""
    own = kept(10)
    other = replace(series(10)[4], close=99.0)

    assert own.patched([other], "kraken") == own
