"""Combine a fear and greed index with the news. Pure functions.

docs/api.md describes the rules under "How the sentiment is computed".
"""

from collections.abc import Sequence

import msgspec

from engine.analysis.scorer import BEARISH, BULLISH, NEUTRAL

BEARISH_BELOW, BULLISH_ABOVE = 40, 60
HOUR = 3600.0
DAY = 24 * HOUR
INDEX_FRESH, NEWS_FRESH = 36 * HOUR, 24 * HOUR
"""Seconds up to which an index and headlines count fully."""
WORTHLESS = 7 * DAY
"""Seconds after which they do not count."""
FEW = 10
"""So many headlines count half as much as an unlimited number."""


class Counts(msgspec.Struct, frozen=True):
    """Headlines by sentiment."""

    bullish: int
    bearish: int
    neutral: int

    @property
    def total(self) -> int:
        """The number of headlines."""
        return self.bullish + self.bearish + self.neutral


class Part(msgspec.Struct, frozen=True):
    """A part of the sentiment: a `score` from 0 to 100, its `weight`, and its quality."""

    score: float
    weight: float
    quality: float


class Overall(msgspec.Struct, frozen=True):
    """The overall sentiment: `score` from 0 to 100, `confidence` from 0 to 1."""

    sentiment: str
    score: int
    confidence: float


def count(sentiments: Sequence[str]) -> Counts:
    """Count the headlines of each sentiment."""
    return Counts(sentiments.count(BULLISH), sentiments.count(BEARISH), sentiments.count(NEUTRAL))


def index_part(value: int, age: float, weight: float) -> Part:
    """Return the part of an index that is `age` seconds old."""
    return Part(value, weight, _freshness(age, INDEX_FRESH))


def news_part(counts: Counts, age: float, weight: float) -> Part:
    """Return the part of at least one headline with a median `age` in seconds. 50 is balanced.

    Its quality grows with the number of headlines, their freshness and their agreement.
    """
    balance = (counts.bullish - counts.bearish) / counts.total
    agreement = max(counts.bullish, counts.bearish, counts.neutral) / counts.total
    quality = counts.total / (counts.total + FEW) * (0.5 + 0.5 * agreement) * _freshness(age, NEWS_FRESH)
    return Part(50 + 50 * balance, weight, quality)


def overall(parts: Sequence[Part], weights: float) -> Overall | None:
    """Return the weighted mean of the available parts, `None` without any; `weights` is the total weight.

    The confidence is the weighted mean of the parts' qualities, 0 for missing parts, less up to half of it
    for the distance between the parts.
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
    """Return the word for a score."""
    if score < BEARISH_BELOW:
        return BEARISH
    return BULLISH if score > BULLISH_ABOVE else NEUTRAL


def _freshness(age: float, fresh: float) -> float:
    """Return 1 up to `fresh` seconds, then less until 0."""
    return min(1.0, max(0.0, (WORTHLESS - age) / (WORTHLESS - fresh)))
