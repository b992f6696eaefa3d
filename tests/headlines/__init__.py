"""Headlines written for these tests, each labelled by hand with what it says about prices.

`tuning` is what the lexicon was tried on while it was made. No headline of `held_out` was ever looked at to
change it: whoever does that moves it to `tuning` first, and writes others. Of the first 80 the number of
right ones was looked at, eight times, while words were added; the last 40 were written after the last change.
"""

from collections.abc import Callable
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from engine.analysis.scorer import BEARISH, BULLISH, NEUTRAL, SENTIMENTS

SETS = ("tuning", "held_out")

Judge = Callable[[str], str]
Matrix = dict[str, dict[str, int]]


def labelled(name: str) -> list[tuple[str, str]]:
    """Label and title of each headline in a set."""
    lines = (Path(__file__).parent / f"{name}.tsv").read_text().splitlines()
    return [(label, title) for label, title in (line.split("\t") for line in lines)]


def plain_vader() -> Judge:
    """VADER as it comes, with the thresholds its authors recommend."""
    vader = SentimentIntensityAnalyzer()

    def judge(text: str) -> str:
        score = vader.polarity_scores(text)["compound"]
        return BULLISH if score >= 0.05 else BEARISH if score <= -0.05 else NEUTRAL

    return judge


def matrix(judge: Judge, name: str) -> Matrix:
    """How often a set's headlines of each label are given each sentiment."""
    counts = {label: dict.fromkeys(SENTIMENTS, 0) for label in SENTIMENTS}
    for label, title in labelled(name):
        counts[label][judge(title)] += 1
    return counts


def accuracy(counts: Matrix) -> float:
    """The share that was judged as it is labelled."""
    return sum(counts[label][label] for label in counts) / sum(sum(row.values()) for row in counts.values())
