"""What a text says: better than plain VADER, within bounds, and cheap."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.scorer import SENTIMENTS, THRESHOLD, judge_text
from engine.scorer._lexicon import PHRASES, WORDS
from tests.headlines import SETS, accuracy, labelled, matrix, plain_vader


def ours(text: str) -> str:
    """What our scorer says."""
    return judge_text(text).sentiment


@pytest.mark.parametrize("name", SETS)
def test_better_than_plain_vader(name: str) -> None:
    """By ten points, on the headlines it was made with and on those it was not."""
    assert accuracy(matrix(ours, name)) >= accuracy(matrix(plain_vader(), name)) + 0.10


def test_right_three_times_of_four() -> None:
    """Over all headlines. On those it was not made with it is right two times of three, which the README
    says, and hardly ever takes good for bad."""
    rows = [row for name in SETS for row in labelled(name)]
    held_out = matrix(ours, "held_out")
    contrary = held_out["bullish"]["bearish"] + held_out["bearish"]["bullish"]

    assert sum(ours(title) == label for label, title in rows) / len(rows) >= 0.75
    assert accuracy(held_out) >= 0.65
    assert contrary / len(labelled("held_out")) <= 0.05


def test_headlines_are_many_and_different() -> None:
    """Two hundred at least, none of them twice, each label often enough to matter."""
    rows = [row for name in SETS for row in labelled(name)]

    assert len(rows) >= 200
    assert len({title.casefold() for _, title in rows}) == len(rows)
    assert all(sum(label == word for label, _ in rows) >= 60 for word in SENTIMENTS)
    assert len(labelled("held_out")) >= 80


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("Protocol hacked, $50M stolen", "bearish"),
        ("Users sue lender after exploit", "bearish"),
        ("Longs liquidated as ether slides", "bearish"),
        ("Record ETF inflows lift bitcoin", "bullish"),
        ("Bitcoin sets ALL-TIME HIGH", "bullish"),
        ("Bitcoin all time\u00a0high", "bullish"),
        ("BTC 🚀", "bullish"),
        ("BTC 📉📉", "bearish"),
        ("Bitcoin did not crash", "bullish"),
        ("A conference about shares and trusts", "neutral"),
        ("", "neutral"),
        ("12345 %% --", "neutral"),
    ],
)
def test_words_of_the_field(text: str, sentiment: str) -> None:
    """Terms, phrases, signs and negation."""
    assert judge_text(text).sentiment == sentiment


@given(st.text(max_size=300))
def test_any_text_has_a_verdict(text: str) -> None:
    """A score within bounds, the sentiment that goes with it, and the same one every time."""
    verdict = judge_text(text)

    assert -1 <= verdict.score <= 1
    assert 0 <= verdict.confidence <= 1
    assert (verdict.sentiment == "neutral") is (abs(verdict.score) < THRESHOLD)
    assert (verdict.sentiment == "bullish") is (verdict.score >= THRESHOLD)
    assert judge_text(text) == verdict


@pytest.mark.parametrize(
    "text", ["😀" * 5000, "love but " * 555, "!" * 5000, "a" * 5000, "crash " * 833, "- " * 2500]
)
def test_no_text_takes_long(text: str) -> None:
    """Emoji by the thousand, one word after the other, or none."""
    judge_text("warm")
    start = time.process_time()
    judge_text(text)

    assert time.process_time() - start < 0.5


def test_a_word_means_one_thing() -> None:
    """No word and no phrase stands in two groups."""
    words = [word for group in WORDS.values() for word in group.split()]
    phrases = [phrase for group in PHRASES.values() for phrase in group.split(", ")]

    assert len(set(words)) == len(words)
    assert len(set(phrases)) == len(phrases)
