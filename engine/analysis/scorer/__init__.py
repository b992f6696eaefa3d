"""Score what a text says about prices, by VADER's rules with the words of this field. Pure functions."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import cache
from string import punctuation
from threading import Lock
from typing import Any

import msgspec
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from engine.analysis.scorer._lexicon import SIGNS, WORDS
from engine.analysis.scorer._phrases import PHRASES
from engine.analysis.scorer._turns import TURNS, compiled
from engine.analysis.scorer._verbs import VERBS, forms

BULLISH, BEARISH, NEUTRAL = "bullish", "bearish", "neutral"
SENTIMENTS = (BULLISH, BEARISH, NEUTRAL)
MOST_SIGNS = 10
MANY_WORDS, MOST_WORDS = 25, 50
THRESHOLD = 0.2
"""Scores beyond this in either direction are a statement."""


class Verdict(msgspec.Struct, frozen=True):
    """A text's `score` from -1 (prices fall) to 1 (prices rise), and `confidence` from 0 to 1."""

    sentiment: str
    score: float
    confidence: float


def judge_text(text: str) -> Verdict:
    """Return the verdict on `text`.

    The confidence grows with the distance from the threshold. A text without any known word is neutral, with
    little confidence.
    """
    return next(verdict for verdict in judging(text) if verdict is not None)


def judging(text: str) -> Iterator[Verdict | None]:
    """Yield `None` after each small step of the work on `text`, and at last the verdict."""
    words = yield from _spelling(text)
    parts = yield from _scoring(words)
    score = round(parts["compound"], 4)
    if abs(score) >= THRESHOLD:
        confidence = 0.5 + 0.5 * (abs(score) - THRESHOLD) / (1 - THRESHOLD)
    else:
        known = parts["pos"] + parts["neg"] > 0
        confidence = (0.7 if known else 0.5) - 0.2 * abs(score) / THRESHOLD
    yield Verdict(_word(score), score, round(confidence, 2))


def _word(score: float) -> str:
    if abs(score) < THRESHOLD:
        return NEUTRAL
    return BULLISH if score > 0 else BEARISH


def _spelling(text: str) -> Generator[None, None, list[str]]:
    """Spell the text for VADER: turns and phrases as one word, signs as words, in lower case."""
    for sign, word in SIGNS.items():
        text = text.replace(sign, word, MOST_SIGNS)
    plain = " ".join(text.lower().replace("\u2019", "'").replace("'s ", " ").split())
    for pattern, words in TURNS:
        yield
        plain = compiled(pattern).sub(words, plain)
    yield
    return _joined(plain.split())


def _joined(words: Sequence[str]) -> list[str]:
    """Join every phrase in the words into one word."""
    bare = [word.strip(punctuation) for word in words]
    joined: list[str] = []
    place = 0
    while place < len(words):
        phrase = next((it for it in _PHRASES.get(bare[place], ()) if _begins(bare, place, it)), None)
        joined.append("_".join(phrase) if phrase else words[place])
        place += len(phrase) if phrase else 1
    return joined


def _begins(words: Sequence[str], place: int, phrase: Sequence[str]) -> bool:
    return words[place : place + len(phrase)] == phrase


def _by_first(phrases: Iterable[str]) -> dict[str, list[list[str]]]:
    """Return the phrases in words, by their first word, longer ones first."""
    known: dict[str, list[list[str]]] = {}
    for phrase in sorted((phrase.split() for phrase in phrases), key=len, reverse=True):
        known.setdefault(phrase[0], []).append(phrase)
    return known


_VALENCES = {phrase: valence for valence, group in PHRASES.items() for phrase in group.split(", ")}
_PHRASES = _by_first(_VALENCES)


def _scoring(words: Sequence[str]) -> Generator[None, None, dict[str, float]]:
    """Score the words with VADER in parts, because its work on one word visits all others."""
    with _MAKING:
        vader = _analyzer()
    valences: list[float] = []
    for piece in _pieces(words):
        yield
        valences += vader.polarity_scores(piece)
    yield
    scores: dict[str, float] = SentimentIntensityAnalyzer.score_valence(vader, valences, " ".join(words))
    return scores


def _pieces(words: Iterable[str]) -> Iterator[str]:
    """Yield the words in pieces: cut at the ends of sentences if there are many, and at a limit."""
    piece: list[str] = []
    for word in words:
        piece.append(word)
        if len(piece) >= MOST_WORDS or (len(piece) >= MANY_WORDS and word.endswith((".", "!", "?"))):
            yield " ".join(piece)
            piece = []
    yield " ".join(piece)


_MAKING = Lock()
"""Lets one thread make the analyzer, which all threads of a first refresh need at once."""


@cache
def _analyzer() -> Any:
    """Return VADER's analyzer with our words, created on first use because that takes milliseconds."""
    vader: Any = SentimentIntensityAnalyzer()
    vader.emojis = {}  # it spells out each of them, which takes seconds for thousands
    vader.score_valence = lambda valences, text: valences
    for valence, verbs in VERBS.items():
        for verb in verbs.split():
            vader.lexicon.update(dict.fromkeys(forms(verb), valence))
    for valence, words in WORDS.items():
        vader.lexicon.update(dict.fromkeys(words.split(), valence))
    for phrase, valence in _VALENCES.items():
        vader.lexicon[phrase.replace(" ", "_")] = vader.lexicon[phrase.replace(" ", "-")] = valence
    return vader


MODEL = "VADER with the words of this field"
OWN_WORDS = sum(len(words.split()) for words in (*WORDS.values(), *VERBS.values())) + len(_VALENCES)
"""The number of words, verbs and phrases in addition to VADER's."""
