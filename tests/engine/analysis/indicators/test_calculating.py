"""Properties of the values of every indicator."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.analysis.indicators import INDICATORS, Bars, Indicator, Values, calculate
from engine.analysis.indicators import _libraries as libraries
from engine.importing import as_if_missing
from providers import Candle
from tests.engine.analysis.indicators.series import (
    HOUR,
    KINDS,
    flat,
    from_closes,
    walk,
    with_gap,
    without_volume,
)

with as_if_missing("pandas", "polars"):  # as the engine imports it
    import talib

WALK = walk(300, seed=9)
EVERY = [INDICATORS[name] for name in sorted(INDICATORS)]
SCALE = 2.0**-60
"""A power of two, by which floats are multiplied exactly."""


def values(indicator: Indicator, candles: list[Candle], count: int | None = None) -> Values:
    """Return the values with default parameters at the last `count` candles, or at all."""
    return calculate(indicator, indicator.defaults, Bars.of(candles, HOUR), count or len(candles))


def same(ours: tuple[float | None, ...], theirs: tuple[float | None, ...]) -> bool:
    """Return whether two columns are equal, apart from rounding."""
    return all(
        one == other
        or (one is not None and other is not None and one == pytest.approx(other, rel=1e-9, abs=1e-12))
        for one, other in zip(ours, theirs, strict=True)
    )


@settings(max_examples=8)
@given(cut=st.integers(1, 300), kind=st.sampled_from([*sorted(KINDS), "longer"]))
def test_no_value_knows_what_comes_after_it(cut: int, kind: str) -> None:
    """A series that ends earlier has the same values before its end, because no value looks ahead."""
    candles = KINDS.get(kind, WALK)
    for indicator in EVERY:
        whole, part = values(indicator, candles), values(indicator, candles[:cut])
        for name, column in part.outputs.items():
            assert same(column, whole.outputs[name][:cut]), (indicator.name, name)


@pytest.mark.parametrize("indicator", EVERY, ids=lambda indicator: indicator.name)
def test_the_first_value_comes_where_the_declaration_says(indicator: Indicator) -> None:
    """The first complete value needs exactly the declared number of candles."""
    first = indicator.warmup(*indicator.defaults).first
    lines = list(values(indicator, WALK).outputs.values())
    complete = [None not in row for row in zip(*lines, strict=True)]

    assert complete == [place >= first - 1 for place in range(len(WALK))]


@pytest.mark.parametrize("indicator", EVERY, ids=lambda indicator: indicator.name)
def test_a_hole_restarts_the_calculation(indicator: Indicator) -> None:
    """After a gap the values are those of a series that begins there, and fewer candles count as used."""
    begin, missing = 100, 3
    after = WALK[begin + missing :]
    whole, alone = values(indicator, with_gap(WALK, begin, missing)), values(indicator, after)

    assert whole.used == alone.used == len(after)
    assert whole.residual == alone.residual
    for name, column in alone.outputs.items():
        assert whole.outputs[name][-len(after) :] == column


@pytest.mark.parametrize("indicator", EVERY, ids=lambda indicator: indicator.name)
def test_an_unknown_volume_is_no_number(indicator: Indicator) -> None:
    """An unknown volume makes the values that need it unknown, and they begin again after it."""
    known, unknown = values(indicator, WALK), values(indicator, without_volume(WALK))
    if not indicator.needs_volume:
        assert unknown == known
        return
    lines = unknown.outputs.values()
    assert {value for column in lines for value in column} == {None}
    assert unknown.used == 0
    once = [*WALK[:100], replace(WALK[100], volume=None), *WALK[101:]]
    assert values(indicator, once).used == len(WALK) - 101
    for name, column in values(indicator, once).outputs.items():
        assert column[100] is None
        assert same(column[101:], values(indicator, WALK[101:]).outputs[name])


@pytest.mark.parametrize("indicator", EVERY, ids=lambda indicator: indicator.name)
def test_other_candles_than_the_needed_ones_change_nothing(indicator: Indicator) -> None:
    """A value depends only on the candles that its warm-up needs."""
    longer = [*walk(200, seed=5, scale=3.0), *WALK]
    longer = [
        replace(candle, open_time=WALK[-1].open_time - place * HOUR.length)
        for place, candle in enumerate(reversed(longer))
    ][::-1]
    needed = indicator.warmup(*indicator.defaults).needed(HOUR)

    assert values(indicator, longer, 5) == values(indicator, longer[-needed - 4 :], 5)


@pytest.mark.parametrize("indicator", EVERY, ids=lambda indicator: indicator.name)
def test_the_size_of_prices_and_volumes_changes_nothing(indicator: Indicator) -> None:
    """Values are the same for prices and volumes of any size, because no threshold counts as 0."""
    small = [
        Candle(
            candle.open_time,
            candle.open * SCALE,
            candle.high * SCALE,
            candle.low * SCALE,
            candle.close * SCALE,
            None if candle.volume is None else candle.volume * SCALE,
        )
        for candle in WALK
    ]
    large, scaled = values(indicator, WALK), values(indicator, small)
    for name, column in large.outputs.items():
        shrunk = tuple(None if value is None else value * SCALE for value in column)
        assert scaled.outputs[name] == shrunk or same(scaled.outputs[name], column), name


def test_no_nan_reaches_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library gets no NaN, even from candles with gaps and unknown volumes."""
    calls = 0

    def checked(name: str) -> Any:
        function = getattr(talib, name)

        def call(*arrays: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            assert all(np.isfinite(array).all() for array in arrays), name
            return function(*arrays, **options)

        return call

    for name in ("EMA", "RMA", "MAX", "MIN", "CCI", "OBV", "SAR", "SUPERTREND"):
        monkeypatch.setattr(libraries.talib, name, checked(name), raising=False)
    odd = with_gap([*flat(30, 100.0), *WALK[30:60], *without_volume(WALK[60:61]), *WALK[61:]], 200, 1)
    for indicator in EVERY:
        values(indicator, odd)

    assert calls > 50


@pytest.mark.parametrize("indicator", EVERY, ids=lambda indicator: indicator.name)
def test_without_candles_there_are_no_values(indicator: Indicator) -> None:
    """Without a candle there is no value, and no candle is used."""
    found = values(indicator, [], 1)

    assert set(found.outputs.values()) == {()}
    assert (found.used, found.stable) in {(0, False), (0, None)}


def test_the_level_of_a_balance_depends_on_neither_the_answer_nor_the_hour() -> None:
    """OBV at a candle is the same in short and long answers, with more history, and an hour later."""
    obv, candles = INDICATORS["obv"], walk(4200)
    span = 1000
    ends = [
        place for place in range(3100, 4200) if candles[place].open_time // HOUR.length % span == span - 1
    ]
    end = ends[0]

    def newest(last: int, count: int) -> tuple[float | None, ...]:
        return values(obv, candles[: last + 1], count).outputs["obv"]

    (alone,) = newest(end, 1)
    assert newest(end, 100)[-1] == newest(end, 1000)[-1] == alone
    assert newest(end - span + 1, 1)[0] == newest(end, 1000)[0]
    assert None not in newest(end, 1000)
    assert values(obv, candles[end - 1999 : end + 1], 1).outputs["obv"] == (alone,)
    later = newest(end + 1, 1000)
    steps = {
        round(new - (old or 0), 6) for new, old in zip(later, newest(end, 1000)[1:], strict=False) if new
    }
    assert len(steps) == 1


@pytest.mark.parametrize("name", ["sma", "wma", "hma", "bbands", "zscore", "cci", "stoch", "vwma", "mfi"])
def test_a_price_that_has_left_the_window_leaves_no_rest(name: str) -> None:
    """A windowed value depends on its window alone, even if prices before it were far greater."""
    after = walk(200, scale=1e-8)
    spike = replace(after[0], open_time=after[0].open_time - HOUR.length, high=1e6, close=9e5)
    with_spike, without = values(INDICATORS[name], [spike, *after]), values(INDICATORS[name], after)

    for output, column in without.outputs.items():
        assert with_spike.outputs[output][-100:] == pytest.approx(column[-100:], rel=1e-9, abs=1e-20)


@pytest.mark.parametrize("name", ["vwma", "mfi"])
def test_a_window_without_trades_has_no_average(name: str) -> None:
    """A volume of 0 is known, but nothing can be divided by it; the values before are as they were."""
    quiet = [*WALK[:100], *(replace(candle, volume=0.0) for candle in WALK[100:150]), *WALK[150:]]
    (column,) = values(INDICATORS[name], quiet).outputs.values()
    (usual,) = values(INDICATORS[name], WALK).outputs.values()

    assert column[:100] == usual[:100]
    assert set(column[120:150]) == {None}
    assert column[-1] == pytest.approx(usual[-1])


@pytest.fixture
def still() -> list[Candle]:
    """Return a market that moved, and then had one price for longer than a double can be halved."""
    last = WALK[99].close
    quiet = from_closes([last] * 1300)
    return [*WALK[:100], *(replace(c, open=last, high=last, low=last, close=last) for c in quiet[100:])]


def test_a_standstill_invents_nothing(still: list[Candle]) -> None:
    """In a standstill RSI stays and then is unknown, and values that divide by a range are unknown."""
    (rsi,) = calculate(INDICATORS["rsi"], (14,), Bars.of(still, HOUR), 1300).outputs.values()
    (short,) = calculate(INDICATORS["rsi"], (2,), Bars.of(still, HOUR), 1300).outputs.values()

    assert rsi[-1] == pytest.approx(rsi[100])
    assert short[500] == pytest.approx(short[100])
    assert short[-1] is None
    for name in ("stochrsi", "stoch", "williams", "cci", "mfi", "zscore"):
        lines = values(INDICATORS[name], still, 1000).outputs.values()
        assert {value for column in lines for value in column} == {None}, name
    bands = values(INDICATORS["bbands"], still, 1).outputs
    assert bands["upper"] == bands["middle"] == bands["lower"]
