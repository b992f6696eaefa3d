"""Every indicator agrees with a second implementation after its warm-up."""

import pytest

from engine.analysis.indicators import INDICATORS, Bars, Indicator, calculate
from providers import Candle
from tests.engine.analysis.indicators.references import REFERENCES
from tests.engine.analysis.indicators.series import HOUR, KINDS

WITHIN = 1e-6
ROUNDING = 1e-14
"""The rounding errors of a difference that is 0, as a part of the price."""
LATE = 3
"""Candles that a second opinion may begin later."""
UNDEFINED_IF_FLAT = {"adx", "cci", "mfi", "rsi", "stoch", "stochrsi", "williams", "zscore"}
"""Those that divide 0 by 0 where the price stands still."""
EXACT_AT_ONCE = {"obv"}
"""Those that agree from their first candle on, wherever they begin."""
EVERY = sorted(INDICATORS)


def last_stretch(candles: list[Candle]) -> list[Candle]:
    """Return the candles after the last gap, where calculations begin again."""
    begin = max(
        (
            place + 1
            for place in range(len(candles) - 1)
            if candles[place + 1].open_time - candles[place].open_time > HOUR.length
        ),
        default=0,
    )
    return candles[begin:]


def compare(indicator: Indicator, candles: list[Candle], parameters: tuple[float, ...]) -> None:
    """Compare all values after the warm-up of the last part."""
    stretch = last_stretch(candles)
    warm = 1 if indicator.name in EXACT_AT_ONCE else indicator.warmup(*parameters).needed(HOUR)
    count = len(stretch) - warm + 1
    assert count > 50
    values = calculate(indicator, parameters, Bars.of(candles, HOUR), len(candles))
    expected = REFERENCES[indicator.name](stretch, *parameters)
    for (name, column), reference in zip(values.outputs.items(), expected, strict=True):
        assert len(reference) == len(stretch)
        pairs = list(zip(column[-count:], reference[-count:], strict=True))[LATE:]
        scale = max(abs(theirs) for _, theirs in pairs if theirs is not None)
        for ours, theirs in pairs:
            assert ours is not None, name
            assert theirs is not None, name
            assert abs(ours - theirs) <= WITHIN * scale + ROUNDING * candles[0].close, name


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "flat"])
@pytest.mark.parametrize("name", EVERY)
def test_an_indicator_agrees_with_a_second_opinion(name: str, kind: str) -> None:
    """After the warm-up an indicator and talipp differ by less than a millionth of the largest value."""
    compare(INDICATORS[name], KINDS[kind], INDICATORS[name].defaults)


@pytest.mark.parametrize("name", EVERY)
def test_a_flat_series_has_a_value_or_none_but_no_invented_one(name: str) -> None:
    """On a flat series a value is unknown where its definition divides 0 by 0, and otherwise agrees."""
    if name == "supertrend":
        values = calculate(INDICATORS[name], (10, 3), Bars.of(KINDS["flat"], HOUR), 100)
        assert set(values.outputs["supertrend"]) == {0.1}  # either direction is as good
    elif name not in UNDEFINED_IF_FLAT:
        compare(INDICATORS[name], KINDS["flat"], INDICATORS[name].defaults)
    else:
        values = calculate(INDICATORS[name], INDICATORS[name].defaults, Bars.of(KINDS["flat"], HOUR), 100)
        assert {value for column in values.outputs.values() for value in column} == {None}


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("rsi", (7,)),
        ("macd", (5, 35, 5)),
        ("stoch", (5, 1, 3)),
        ("stochrsi", (14, 14, 3, 3)),
        ("bbands", (50, 2.5)),
        ("supertrend", (7, 2)),
        ("ichimoku", (9, 26, 52, 0)),
        ("psar", (0.01, 0.1)),
        ("hma", (9,)),
        ("adx", (5,)),
    ],
)
def test_other_parameters_agree_as_well(name: str, parameters: tuple[float, ...]) -> None:
    """Other parameters mean the same in both implementations."""
    compare(INDICATORS[name], KINDS["walk"], parameters)


def test_every_indicator_has_a_second_opinion() -> None:
    """Every indicator has a second implementation under its name."""
    assert sorted(REFERENCES) == EVERY
