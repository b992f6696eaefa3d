"""The names of indicators with their parameters."""

import pytest

from engine.analysis.indicators import INDICATORS, Unreadable, read


@pytest.mark.parametrize(
    ("key", "name", "parameters"),
    [
        ("rsi:14", "rsi", (14,)),
        ("rsi", "rsi", (14,)),
        ("RSI:7", "rsi", (7,)),
        ("macd:5:35", "macd", (5, 35, 9)),
        ("bbands:20:2.5", "bbands", (20, 2.5)),
        ("psar:0.01:0.1", "psar", (0.01, 0.1)),
        ("ichimoku:9:26:52:0", "ichimoku", (9, 26, 52, 0)),
        ("ema:500", "ema", (500,)),
    ],
)
def test_a_name_has_its_parameters_in_order(key: str, name: str, parameters: tuple[float, ...]) -> None:
    """A name has its parameters in order with defaults for missing ones, and its key is the text."""
    requested = read(key, INDICATORS)

    assert (requested.key, requested.indicator.name, requested.parameters) == (key, name, parameters)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("", "unknown indicator"),
        ("rsx", "unknown indicator"),
        ("\N{KELVIN SIGN}eltner", "unknown indicator"),
        ("rsi:", "period must be an integer from 2 to 500"),
        ("rsi:1", "period must be an integer from 2 to 500"),
        ("rsi:501", "period must be an integer from 2 to 500"),
        ("rsi:14.0", "period must be an integer from 2 to 500"),
        ("rsi:-5", "period must be an integer from 2 to 500"),
        ("rsi:٣", "period must be an integer from 2 to 500"),
        ("rsi:1e2", "period must be an integer from 2 to 500"),
        ("rsi:14:3", "too many parameters; rsi:period is the longest form"),
        ("vwap:20", "too many parameters; vwap is the longest form"),
        ("bbands:20:nan", "deviations must be a number from 0.1 to 10"),
        ("bbands:20:inf", "deviations must be a number from 0.1 to 10"),
        ("bbands:20:0", "deviations must be a number from 0.1 to 10"),
        ("bbands:20:2.", "deviations must be a number from 0.1 to 10"),
        ("macd:26:12:9", "fast must be less than slow"),
        ("psar:0.5:0.2", "step must not exceed maximum"),
    ],
)
def test_a_wrong_name_says_what_is_wrong(key: str, what: str) -> None:
    """An invalid name is an error with the parameter and its range."""
    with pytest.raises(Unreadable) as caught:
        read(key, INDICATORS)

    assert (caught.value.key, caught.value.what) == (key, what)


def test_an_unknown_name_has_similar_ones() -> None:
    """An unknown name has at most three similar ones that exist."""
    with pytest.raises(Unreadable) as caught:
        read("boll", INDICATORS)
    assert len(caught.value.similar) <= 3
    with pytest.raises(Unreadable) as caught:
        read("stochrs:14", INDICATORS)
    assert caught.value.similar[0] == "stochrsi"


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_every_declaration_is_complete(name: str) -> None:
    """Every declaration has defaults in range, a definition with its parameters, and a source."""
    indicator = INDICATORS[name]

    assert indicator.name == name
    for parameter in indicator.parameters:
        assert parameter.read(f"{parameter.default:g}") == parameter.default
        assert f"{{{parameter.name}}}" in indicator.definition
    assert "{" not in indicator.defined(indicator.defaults) + indicator.described
    assert indicator.contradiction(*indicator.defaults) is None
    assert len(indicator.outputs) == len(set(indicator.outputs)) > 0
    assert indicator.source
    assert indicator.title
