"""The sentiment is computed from its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.sentiment import DAY, HOUR, Counts, Part, count, index_part, news_part, overall, word

PARTS = st.builds(Part, st.floats(0, 100), st.integers(1, 100).map(float), st.floats(0, 1))


def test_the_weights_are_those_of_the_contract() -> None:
    """The index has a weight of 60 and the news one of 40, as the contract says."""
    parts = [index_part(65, HOUR, 60), news_part(Counts(45, 25, 30), HOUR, 40)]
    sentiment = overall(parts, 100)

    assert sentiment is not None
    assert sentiment.score == round(0.6 * 65 + 0.4 * 60)
    assert sentiment.sentiment == "bullish"
    assert 0.7 < sentiment.confidence < 0.9


@pytest.mark.parametrize(
    ("score", "sentiment"),
    [(0, "bearish"), (39, "bearish"), (40, "neutral"), (60, "neutral"), (61, "bullish"), (100, "bullish")],
)
def test_thresholds(score: float, sentiment: str) -> None:
    """Scores from 40 to 60 are neutral."""
    assert word(score) == sentiment


def test_headlines_are_counted_by_sentiment() -> None:
    """The headlines of each sentiment are counted."""
    counts = count(["bullish", "neutral", "bullish"])

    assert (counts, counts.total) == (Counts(2, 0, 1), 3)


def test_these_lower_the_confidence() -> None:
    """Age, few headlines, missing parts, and disagreement within and between parts lower the confidence."""
    many = news_part(Counts(80, 10, 10), HOUR, 40)

    assert index_part(50, 35 * HOUR, 60).quality == 1
    assert index_part(50, 4 * DAY, 60).quality < 0.6
    assert index_part(50, 9 * DAY, 60).quality == 0
    assert news_part(Counts(8, 1, 1), HOUR, 40).quality < many.quality
    assert news_part(Counts(34, 33, 33), HOUR, 40).quality < many.quality
    assert news_part(Counts(80, 10, 10), 3 * DAY, 40).quality < many.quality
    near, far = (overall([index_part(value, HOUR, 60), many], 100) for value in (85, 5))
    alone = overall([many], 100)
    assert near
    assert far
    assert alone
    assert near.confidence > far.confidence
    assert near.confidence > alone.confidence
    assert alone.score == round(many.score)


def test_no_part_is_no_sentiment() -> None:
    """Parts without a weight do not count, and without a part there is no sentiment."""
    assert overall([], 100) is None
    assert overall([Part(50, 0, 1)], 100) is None


@given(st.lists(PARTS, min_size=1, max_size=3))
def test_the_sentiment_is_within_its_parts(parts: list[Part]) -> None:
    """The score lies between those of its parts, and the confidence is at most theirs."""
    sentiment = overall(parts, sum(part.weight for part in parts))
    scores = [part.score for part in parts]

    assert sentiment is not None
    assert round(min(scores)) <= sentiment.score <= round(max(scores))
    assert 0 <= sentiment.confidence <= max(part.quality for part in parts) + 0.01


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.floats(0, 10 * DAY))
def test_mirrored_news_have_the_mirrored_score(bullish: int, bearish: int, neutral: int, age: float) -> None:
    """Mirrored news have the mirrored score and the same quality."""
    if not bullish + bearish + neutral:
        return
    one = news_part(Counts(bullish, bearish, neutral), age, 40)
    other = news_part(Counts(bearish, bullish, neutral), age, 40)

    assert 0 <= one.score <= 100
    assert 0 <= one.quality <= 1
    assert one.score == pytest.approx(100 - other.score)
    assert one.quality == other.quality
