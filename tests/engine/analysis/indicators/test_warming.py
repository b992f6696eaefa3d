"""The number of candles that an indicator needs, and the remaining weight of its seed."""

import pytest
from msgspec.structs import replace

from engine.analysis.indicators import INDICATORS, Bars, Values, calculate, read
from providers import INTERVALS
from tests.engine.analysis.indicators.series import HOUR, flat, walk


def test_the_residual_is_the_weight_of_the_seed() -> None:
    """The residual is the weight of the seed: EMA-200 needs 1582 candles, and 1099 leave 1/8000."""
    values = calculate(INDICATORS["ema"], (200,), Bars.of(walk(1099), HOUR), 100)

    assert values.needed == 1582
    assert values.used == 1099
    assert values.residual == pytest.approx((199 / 201) ** 899)
    assert values.residual == pytest.approx(0.000125, rel=3e-3)
    assert values.stable is False


@pytest.mark.parametrize(("name", "seed"), [("ema:20", 20), ("macd:12:26:9", 26), ("macd:5:10:9", 10)])
def test_a_shift_of_the_seed_shifts_the_value_by_no_more(name: str, seed: int) -> None:
    """If the first closes rise by one, the newest value rises by at most the residual."""
    requested = read(name, INDICATORS)
    candles = walk(90)
    shifted = [
        replace(candle, high=candle.high + 1, close=candle.close + 1) if place < seed else candle
        for place, candle in enumerate(candles)
    ]
    before, after = (requested.over(Bars.of(each, HOUR), 1) for each in (candles, shifted))

    assert before.residual is not None
    assert before.residual < 0.1
    for output, column in before.outputs.items():
        moved = abs((after.outputs[output][0] or 0) - (column[0] or 0))
        assert moved <= before.residual * 2.0001, output
    if name == "ema:20":
        assert after.outputs["ema"][0] == pytest.approx((before.outputs["ema"][0] or 0) + before.residual)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("sma:20", 20),
        ("rsi:14", 202),
        ("atr:14", 202),
        ("ema:500", 3954),
        ("macd", 211),
        ("adx", 241),
        ("stoch:14:3:3", 18),
        ("hma:16", 19),
        ("ichimoku", 78),
        ("obv", 2000),
    ],
)
def test_the_needed_candles(name: str, needed: int) -> None:
    """Windows need their own candles, and averages need them until a millionth of the seed is left."""
    assert read(name, INDICATORS).needed(HOUR) == needed


@pytest.mark.parametrize("name", ["ema:20", "rsi:14", "macd", "adx", "keltner", "stochrsi"])
def test_a_value_is_stable_from_the_needed_candle_on(name: str) -> None:
    """With one candle less than needed, the residual is a millionth or more."""
    requested = read(name, INDICATORS)
    needed = requested.needed(HOUR)
    candles = walk(needed)

    assert requested.over(Bars.of(candles, HOUR), 1).stable is True
    assert requested.over(Bars.of(candles[1:], HOUR), 1).stable is False


@pytest.mark.parametrize("name", ["supertrend", "psar", "obv"])
def test_the_weight_of_some_seeds_is_unknown(name: str) -> None:
    """The weight of a seed without a formula is unknown."""
    values = read(name, INDICATORS).over(Bars.of(walk(300), HOUR), 1)

    assert (values.residual, values.stable) == (None, None)


def test_an_average_of_late_values_is_as_warm_as_they_are() -> None:
    """After a standstill, ADX has the weight of its own seed, which is newer than that of its ranges."""
    quiet = [replace(candle, open_time=candle.open_time - 280 * HOUR.length) for candle in flat(280, 100.0)]
    candles = [*quiet, *walk(300)]
    requested = read("adx:14", INDICATORS)

    def after(count: int) -> Values:
        return requested.over(Bars.of(candles[: 280 + count], HOUR), 1)

    assert after(5).outputs["adx"] == (None,)
    assert after(5).residual == 1.0
    complete = next(count for count in range(1, 30) if after(count).outputs["adx"] != (None,))
    assert after(complete).residual == pytest.approx(1.0)
    alone = requested.over(Bars.of(walk(300)[:34], HOUR), 1)
    assert after(complete + 6).residual == pytest.approx(alone.residual)
    assert after(complete + 6).stable is False
    assert after(300).stable is True


@pytest.mark.parametrize("name", ["rsi", "stochrsi", "adx"])
def test_an_undefined_average_is_not_stable(name: str) -> None:
    """An average that a standstill leaves undefined is not stable: earlier candles would define it."""
    values = read(name, INDICATORS).over(Bars.of(flat(400), HOUR), 1)

    assert (values.residual, values.stable) == (1.0, False)


def test_too_few_candles_are_all_seed() -> None:
    """Without a first value the residual is 1."""
    values = read("ema:50", INDICATORS).over(Bars.of(walk(49), HOUR), 1)

    assert values.outputs == {"ema": (None,)}
    assert (values.used, values.residual, values.stable) == (49, 1.0, False)


@pytest.mark.parametrize(("interval", "needed"), [("1m", 1440), ("1h", 24), ("1d", 1), ("1w", 1)])
def test_the_average_of_a_day_needs_the_candles_of_a_day(interval: str, needed: int) -> None:
    """The average of a day needs the candles of the day and is exact with its first value."""
    assert read("vwap", INDICATORS).needed(INTERVALS[interval]) == needed
    values = read("vwap", INDICATORS).over(Bars.of(walk(30), HOUR), 1)
    assert (values.residual, values.stable) == (0.0, True)
