"""The price of a coin from the quotes of several providers."""

import math
import random
from statistics import median

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.analysis.consensus import OUTLIER, judge, small_sample_factor

prices = st.floats(1e-6, 1e6)
honest = st.lists(st.floats(0.9995, 1.0005), min_size=3, max_size=12)


def named(values: list[float]) -> dict[str, float]:
    """Return quotes by provider, Binance first."""
    names = ["binance", *(f"other{number}" for number in range(1, len(values)))]
    return dict(zip(names, values, strict=True))


def test_one_quote_is_taken_as_it_is() -> None:
    """A single quote is a price with low confidence, which is never verified."""
    consensus = judge({"kraken": 100.0})

    assert consensus.price == 100.0
    assert consensus.confidence == 0.5
    assert not consensus.verified


def test_agreement_is_verified_from_three_on() -> None:
    """Three quotes that agree are verified, and two are not."""
    assert not judge(named([100.0, 100.01])).verified
    assert judge(named([100.0, 100.01, 100.02])).verified


@given(honest)
def test_honest_quotes_are_never_suspect(values: list[float]) -> None:
    """Noise of 0.05 % makes no quote suspect."""
    consensus = judge(named(values))

    assert consensus.verified
    assert not any(source.suspect or source.outlier for source in consensus.sources)


@given(honest, st.sampled_from([1.5, 0.5, 1e5, 1e-5, 1.05, 0.9]))
def test_one_wrong_quote_does_not_move_the_price(values: list[float], factor: float) -> None:
    """With three or more honest quotes the price stays among them, and the wrong one is marked."""
    consensus = judge(named([factor, *values]))

    assert min(values) * (1 - 1e-11) <= consensus.price <= max(values) * (1 + 1e-11)
    assert [source.provider for source in consensus.sources if source.outlier] == ["binance"]


@given(st.lists(prices, min_size=1, max_size=12))
def test_every_quote_is_listed_and_every_figure_is_possible(values: list[float]) -> None:
    """Every quote is listed, the price lies among those that count, and the confidence is from 0 to 1."""
    consensus = judge(named(values))
    counted = [source.price for source in consensus.counted]

    assert [source.price for source in consensus.sources] == values
    assert counted
    assert min(counted) <= consensus.price * (1 + 1e-9)
    assert consensus.price <= max(counted) * (1 + 1e-9)
    assert 0 <= consensus.confidence <= 1
    assert not any(source.outlier and source.suspect for source in consensus.sources)


@given(st.lists(prices, min_size=3, max_size=12))
def test_outliers_are_more_than_two_per_cent_from_the_median_of_all(values: list[float]) -> None:
    """An outlier's `deviation`, a fraction of the median of all quotes, is above 2 %."""
    centre = median(values)
    assume(any(abs(value - centre) <= OUTLIER * centre for value in values))

    for source in judge(named(values)).sources:
        assert source.deviation == pytest.approx(abs(source.price - centre) / centre)
        assert source.outlier == (source.deviation > OUTLIER)


def test_of_two_that_disagree_the_first_counts_with_low_confidence() -> None:
    """Of two quotes more than 2 % apart, the first one is the price, with low confidence."""
    consensus = judge({"binance": 100.0, "kraken": 103.0})

    assert consensus.price == 100.0
    assert consensus.confidence < 0.5
    assert [source.outlier for source in consensus.sources] == [False, True]


@pytest.mark.parametrize(
    "values",
    [
        [100.0, 103.0],
        [100.0, 110.0, 100.0, 110.0],  # the median is a price that no provider quoted
        [100.0, 100.0, 103.0, 103.0],  # the same, and both camps are within 2 % of it
        [100.0, 103.0] * 5,
        [100.0, 110.0, 120.0],  # the median is one of three that all disagree
        [100.0, 100.0, 105.0, 110.0, 110.0],
        [100.0, 100.0, 100.01, 110.0, 110.0, 110.01],
    ],
)
def test_two_camps_are_a_dispute(values: list[float]) -> None:
    """Two equal camps are a dispute with low confidence, on whichever side the median falls."""
    consensus = judge(named(values))

    assert consensus.disputed
    assert consensus.confidence < 0.5
    assert not consensus.verified


def test_a_majority_is_no_dispute() -> None:
    """If three of five agree, the other two are outliers, even if those agree with each other."""
    consensus = judge(named([100.0, 110.0, 100.0, 110.0, 100.0]))

    assert not consensus.disputed
    assert consensus.price == 100.0
    assert [source.outlier for source in consensus.sources] == [False, True] * 2 + [False]


def test_where_no_quote_is_near_the_median_the_most_trusted_beside_it_is_taken() -> None:
    """If no quote is near the median, Binance's counts if it is one of the two beside the median."""
    assert judge(named([100.0, 110.0, 100.0, 110.0])).price == 100.0
    assert judge(named([110.0, 100.0, 100.0, 110.0])).price == 110.0
    assert judge(named([90.0, 120.0, 110.0, 130.0])).price == 120.0


noise = st.floats(0.999, 1.001)


@given(
    st.lists(noise, min_size=1, max_size=5),
    st.lists(noise, min_size=1, max_size=5),
    st.floats(1.023, 2.0),
    st.randoms(use_true_random=False),
)
def test_nothing_is_verified_while_half_of_the_quotes_disagree(
    low: list[float], high: list[float], apart: float, chance: random.Random
) -> None:
    """For two camps of any size and order, a verified price has the majority behind it."""
    values = [*low, *(apart * price for price in high)]
    chance.shuffle(values)
    consensus = judge(named(values))

    if len(low) == len(high):
        assert consensus.disputed
    assert not (consensus.disputed and (consensus.verified or consensus.confidence >= 0.5))
    assert not consensus.verified or consensus.confidence >= 0.5
    assert not consensus.verified or 2 * len(consensus.counted) > len(values)


@given(st.lists(st.floats(1.0, 1.02), min_size=2, max_size=9), st.floats(0.01, 100), st.integers(0, 9))
def test_one_wrong_quote_keeps_the_price_in_the_honest_range(
    values: list[float], lie: float, place: int
) -> None:
    """One wrong quote at any place keeps the price among the honest ones, even if it is Binance's."""
    price = judge(named([*values[:place], lie, *values[place:]])).price

    assert min(values) * (1 - 1e-11) <= price <= max(values) * (1 + 1e-11)


def test_a_confidence_below_one_half_verifies_nothing() -> None:
    """A price with a confidence below one half is not verified, although three of five quotes agree."""
    consensus = judge(named([100.0, 100.4, 99.6, 150.0, 60.0]))

    assert len(consensus.counted) == 3
    assert not any(source.suspect for source in consensus.sources)
    assert not consensus.disputed
    assert consensus.confidence < 0.5
    assert not consensus.verified


def test_two_that_nearly_agree_make_a_median() -> None:
    """Two quotes up to 2 % apart are averaged."""
    assert judge({"binance": 100.0, "kraken": 101.0}).price == 100.5


def test_a_suspect_quote_counts_and_lowers_the_confidence() -> None:
    """A quote 1 % off is no outlier: it is marked, and the price is not verified."""
    values = [100.0, 100.02, 100.03, 99.98, 101.0]
    doubtful, agreed = judge(named(values)), judge(named([*values[:-1], 100.01]))

    assert [source.suspect for source in doubtful.sources] == [False] * 4 + [True]
    assert doubtful.price == pytest.approx(100.02)
    assert not doubtful.verified
    assert doubtful.confidence < agreed.confidence


def test_confidence_rises_with_the_number_of_sources() -> None:
    """Each agreeing quote increases the confidence."""
    levels = [judge(named([100.0] * count)).confidence for count in range(1, 8)]

    assert levels == sorted(set(levels))
    assert levels[2] == 0.875


def test_confidence_falls_with_the_spread() -> None:
    """The confidence falls as the quotes move apart."""
    levels = [judge(named([100.0, 100.0 + step, 100.0 - step])).confidence for step in (0.0, 0.1, 0.3, 0.45)]

    assert levels == sorted(set(levels), reverse=True)


def test_the_factor_for_small_samples() -> None:
    """The factor for small samples is c(n) as published up to nine values, and n/(n-0.8) above."""
    assert small_sample_factor(3) == 1.495
    assert small_sample_factor(9) == 1.107
    assert small_sample_factor(10) == pytest.approx(10 / 9.2)


def test_a_quote_off_by_one_per_cent_is_found_among_three() -> None:
    """With noise of 0.05 %, a quote 1 % off is found in at least 99 % of rounds, and no other is suspect."""
    chance = random.Random(11)
    found = wrong = 0
    for _ in range(2000):
        quotes = [chance.gauss(1, 0.0005), chance.gauss(1, 0.0005), 1.01 * chance.gauss(1, 0.0005)]
        flags = [source.suspect for source in judge(named(quotes)).sources]
        found += flags[2]
        wrong += flags[0] or flags[1]

    assert found >= 0.985 * 2000
    assert wrong == 0


def test_computed_figures_have_no_noise() -> None:
    """The mean of two quotes has no digits of floating-point noise."""
    assert judge(named([82732.153, 82732.175])).price == 82732.164
    assert not math.isnan(judge(named([0.1, 0.1])).price)
