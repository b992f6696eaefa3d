"""The scorer of texts is better than plain VADER, bounded and fast."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis import scorer
from engine.analysis.scorer import SENTIMENTS, THRESHOLD, Verdict, judge_text, judging
from engine.analysis.scorer._lexicon import WORDS
from engine.analysis.scorer._phrases import PHRASES
from engine.analysis.scorer._turns import TURNS
from engine.analysis.scorer._verbs import VERBS, forms
from tests.costs import cost, dearer, ratio
from tests.headlines import SETS, accuracy, labelled, matrix, plain_vader

USUAL = "Bitcoin surges 5% as traders bet on a rally, while analysts warn of a crash after the hack. " * 60
"""Five thousand letters as people write them."""


def repeated(unit: str, length: int) -> str:
    """Return as many letters of a text that repeats itself."""
    return (unit * (length // len(unit) + 1))[:length]


def ours(text: str) -> str:
    """Return our scorer's sentiment of a text."""
    return judge_text(text).sentiment


@pytest.mark.parametrize("name", SETS)
def test_the_scorer_is_better_than_plain_vader(name: str) -> None:
    """The scorer is better than VADER by ten points, on the headlines of its development and on others."""
    assert accuracy(matrix(ours, name)) >= accuracy(matrix(plain_vader(), name)) + 0.10


def test_the_scorer_is_right_three_times_of_four() -> None:
    """The scorer is right for three of four new headlines, and rarely takes good news for bad."""
    held_out = matrix(ours, "held_out")
    contrary = held_out["bullish"]["bearish"] + held_out["bearish"]["bullish"]

    assert accuracy(matrix(ours, "tuning")) >= 0.75
    assert accuracy(held_out) >= 0.75
    assert contrary / len(labelled("held_out")) <= 0.05


def test_headlines_are_many_and_different() -> None:
    """The headlines are at least 200, without duplicates, and each label has enough of them."""
    rows = [row for name in SETS for row in labelled(name)]

    assert len(rows) >= 200
    assert len({title.casefold() for _, title in rows}) == len(rows)
    assert all(sum(label == word for label, _ in rows) >= 60 for word in SENTIMENTS)
    assert len(labelled("held_out")) >= 120


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
        ("Outflows slow", "bullish"),
        ("Liquidations surge", "bearish"),
        ("Demand for ether fades", "bearish"),
        ("Token fails to rally", "bearish"),
        ("Exchange avoids bankruptcy", "bullish"),
        ("Bitcoin recovers from crash", "bullish"),
        ("Bitcoin rises despite lawsuit", "bullish"),
        ("Court lifts ban on mining", "bullish"),
        ("Traders erase gains", "bearish"),
        ("Bitcoin erases losses", "bullish"),
        ("Exchange halts withdrawals", "bearish"),
        ("Exchange resumes withdrawals", "bullish"),
        ("Bitcoin hits six-month low", "bearish"),
        ("Exchange denies hack", "neutral"),
        ("Regulator declines to comment", "neutral"),
        ("A conference about shares and trusts", "neutral"),
        ("", "neutral"),
        ("12345 %% --", "neutral"),
    ],
)
def test_words_of_the_field(text: str, sentiment: str) -> None:
    """Terms, phrases, turns of phrase, signs and negation of the field are scored."""
    assert judge_text(text).sentiment == sentiment


@given(st.text(max_size=300))
def test_any_text_has_a_verdict(text: str) -> None:
    """Any text has a score within bounds and the matching sentiment, always the same."""
    verdict = judge_text(text)

    assert -1 <= verdict.score <= 1
    assert 0 <= verdict.confidence <= 1
    assert (verdict.sentiment == "neutral") is (abs(verdict.score) < THRESHOLD)
    assert (verdict.sentiment == "bullish") is (verdict.score >= THRESHOLD)
    assert judge_text(text) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 5000,
        "love but " * 555,
        "!" * 5000,
        "a" * 5000,
        "crash " * 833,
        "- " * 2500,
        "rise after " * 450,
        "outflows of " * 416,
        "gets a b c " * 450,
        "hacked " * 714,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """Thousands of emoji, repeated words or unfinished phrases are scored quickly."""
    usual = USUAL[: len(text)]

    assert ratio(lambda: judge_text(text), lambda: judge_text(usual), enough=10) <= 10


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    "unit",
    [
        "no longer at risk of ",
        "return-from ",
        "deny a ",
        "surge $1 ",
        "drained x ",
        "risks in risks in ",
        "a-",
        "\u2019",
    ],
)
@pytest.mark.parametrize("length", [5_000, 30_000])
def test_the_work_on_a_long_text_is_many_small_steps(unit: str, length: int) -> None:
    """Each step on a long text is shorter than the work on a usual one, so that other requests can run."""
    text, usual = repeated(unit, length), repeated(USUAL, length)
    found: list[Verdict | None] = []

    def longest() -> float:
        steps = judging(text)
        found.clear()
        costs = []
        while not found or found[-1] is None:
            costs.append(cost(lambda: found.append(next(steps))))
        assert [*steps] == []
        return max(costs)

    assert dearer(longest, lambda: judge_text(usual), enough=0.5) <= 0.5
    assert found[-1] == judge_text(text)
    assert len(found) > len(TURNS)


def test_the_work_grows_linearly_with_the_text() -> None:
    """A text of six times the length takes about six times as many steps."""
    short, long = (sum(1 for _ in judging("no longer at risk of " * count)) for count in (200, 1200))

    assert long < 7 * short


def test_a_word_is_in_one_group() -> None:
    """No word, verb or phrase is in two groups."""
    words = [word for group in WORDS.values() for word in group.split()]
    verbs = [verb for group in VERBS.values() for verb in group.split()]
    phrases = [phrase for group in PHRASES.values() for phrase in group.split(", ")]

    assert len(set(words)) == len(words)
    assert len(set(verbs)) == len(verbs)
    assert len(set(phrases)) == len(phrases)


@pytest.mark.parametrize(
    ("verb", "written"),
    [
        ("crash", "crash crashes crashed crashing"),
        ("drop+", "drop drops dropped dropping"),
        ("surge", "surge surges surged surging"),
        ("rally", "rally rallies rallied rallying"),
        ("delay", "delay delays delayed delaying"),
    ],
)
def test_verbs_in_their_forms(verb: str, written: str) -> None:
    """A verb's ending decides its forms, and a + doubles its last letter."""
    assert " ".join(forms(verb)) == written


def test_long_texts_are_read_to_their_end() -> None:
    """The last of a thousand words counts."""
    assert ours("the " * 1000 + "crash") == "bearish"


def test_threads_that_begin_at_once_make_one_analyzer() -> None:
    """The first refresh of the news judges in many threads, of which one makes what all of them need."""
    scorer._analyzer.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(judge_text, ["Bitcoin soars"] * 8))

    assert len(set(verdicts)) == 1
    assert scorer._analyzer.cache_info().misses == 1
