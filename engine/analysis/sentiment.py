"""How the market feels, from an index and from the news. Pure functions.

The rules are those of "How the sentiment is computed" in docs/api.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.analysis.scorer import BEARISH, BULLISH, NEUTRAL

BEARISH_BELOW, BULLISH_ABOVE = 40, 60
HOUR = 3600.0
DAY = 24 * HOUR
INDEX_FRESH, NEWS_FRESH = 36 * HOUR, 24 * HOUR
"""Seconds up to which an index and headlines are as good as new."""
WORTHLESS = 7 * DAY
"""Seconds after which they say nothing any more."""
FEW = 10
"""As many headlines are worth half of what any number is."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Headlines by what they say."""

    bullish: int
    bearish: int
    neutral: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.bullish + self.bearish + self.neutral


@dataclass(frozen=True, slots=True)
class Part:
    """What the mood is made of: a `score` from 0 to 100, its `weight`, how far it is to be trusted."""

    score: float
    weight: float
    quality: float


@dataclass(frozen=True, slots=True)
class Overall:
    """The mood: `score` from 0 to 100, `confidence` from 0 to 1."""

    sentiment: str
    score: int
    confidence: float


def count(sentiments: Sequence[str]) -> Counts:
    """How often each is said."""
    return Counts(sentiments.count(BULLISH), sentiments.count(BEARISH), sentiments.count(NEUTRAL))


def index_part(value: int, age: float, weight: float) -> Part:
    """An index of `age` seconds, as a part."""
    return Part(value, weight, _freshness(age, INDEX_FRESH))


def news_part(counts: Counts, age: float, weight: float) -> Part:
    """Headlines of a median `age` in seconds, as a part: at least one. 50 is as many good as bad.

    They are to be trusted the more, the more there are, the newer they are and the more they agree.
    """
    balance = (counts.bullish - counts.bearish) / counts.total
    agreement = max(counts.bullish, counts.bearish, counts.neutral) / counts.total
    quality = counts.total / (counts.total + FEW) * (0.5 + 0.5 * agreement) * _freshness(age, NEWS_FRESH)
    return Part(50 + 50 * balance, weight, quality)


def overall(parts: Sequence[Part], weights: float) -> Overall | None:
    """The weighted mean of the parts that are there, of all that `weights` stands for; `None` of nothing.

    The confidence is the weighted mean of the parts' qualities, where a missing part has none, less
    up to half of it for how far the parts lie apart.
    """
    there = sum(part.weight for part in parts)
    if there <= 0:
        return None
    score = round(sum(part.score * part.weight for part in parts) / there)
    scores = [part.score for part in parts if part.weight]
    agreement = 1 - (max(scores) - min(scores)) / 200
    quality = sum(part.quality * part.weight for part in parts) / weights
    return Overall(word(score), score, round(quality * agreement, 2))


def word(score: float) -> str:
    """The score in a word."""
    if score < BEARISH_BELOW:
        return BEARISH
    return BULLISH if score > BULLISH_ABOVE else NEUTRAL


def _freshness(age: float, fresh: float) -> float:
    """1 up to `fresh` seconds, then falling to 0 where it says nothing any more."""
    return min(1.0, max(0.0, (WORTHLESS - age) / (WORTHLESS - fresh)))
