"""What a text says about prices: VADER's rules with the words of this field. Pure functions."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from engine.scorer._lexicon import PHRASES, SIGNS, WORDS

BULLISH, BEARISH, NEUTRAL = "bullish", "bearish", "neutral"
SENTIMENTS = (BULLISH, BEARISH, NEUTRAL)
MOST_SIGNS = 10
THRESHOLD = 0.2
"""From this score on, in either direction, a text says something."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a text says: `score` from -1 (prices fall) to 1 (prices rise), `confidence` from 0 to 1."""

    sentiment: str
    score: float
    confidence: float


def judge_text(text: str) -> Verdict:
    """What `text` says.

    The confidence grows with the distance from the threshold; a text without any word that is known
    says nothing, which is little to be sure of.
    """
    parts = _analyzer()(_spelt(text))
    score = round(parts["compound"], 4)
    if abs(score) >= THRESHOLD:
        confidence = 0.5 + 0.5 * (abs(score) - THRESHOLD) / (1 - THRESHOLD)
    else:
        known = parts["pos"] + parts["neg"] > 0
        confidence = (0.7 if known else 0.5) - 0.2 * abs(score) / THRESHOLD
    return Verdict(_word(score), score, round(confidence, 2))


def _word(score: float) -> str:
    if abs(score) < THRESHOLD:
        return NEUTRAL
    return BULLISH if score > 0 else BEARISH


def _spelt(text: str) -> str:
    """The text as VADER is to read it: phrases as one word, signs as words, possessives without an s."""
    for sign, word in SIGNS.items():
        text = text.replace(sign, word, MOST_SIGNS)
    plain = text.replace("\u2019", "'").replace("'s ", " ")
    return _PHRASE.sub(lambda match: _joined(match[0]), plain)


def _joined(phrase: str) -> str:
    return "_".join(re.findall(r"\w+", phrase.lower()))


_PHRASES = {phrase: valence for valence, group in PHRASES.items() for phrase in group.split(", ")}
_SPELLINGS = "|".join(
    re.escape(phrase).replace(r"\ ", r"\s+") for phrase in sorted(_PHRASES, key=len, reverse=True)
)
_PHRASE = re.compile(rf"\b(?:{_SPELLINGS})\b", re.IGNORECASE)


@cache
def _analyzer() -> Callable[[str], dict[str, float]]:
    """VADER with our words. Reading its own takes milliseconds, so it is done once, when it is needed."""
    vader = SentimentIntensityAnalyzer()
    vader.emojis = {}  # it spells each of them out, which takes seconds for thousands of them
    for valence, words in WORDS.items():
        vader.lexicon.update(dict.fromkeys(words.split(), valence))
    vader.lexicon.update((_joined(phrase), valence) for phrase, valence in _PHRASES.items())
    score: Callable[[str], dict[str, float]] = vader.polarity_scores
    return score
