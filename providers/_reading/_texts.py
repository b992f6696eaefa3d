"""Reading texts, and the word for an index. Pure functions."""

from typing import Any

from providers._models import FearGreed
from providers._reading._figures import whole

WORDS = {25: "Extreme Fear", 46: "Fear", 54: "Neutral", 75: "Greed", 100: "Extreme Greed"}
"""What an index up to a value is called, on alternative.me's scale."""


def text(value: Any) -> str:
    """A text that has to be there. Raises `TypeError` for what is none, `ValueError` for a blank one."""
    if not isinstance(value, str):
        raise TypeError("no text")
    if not value.strip():
        raise ValueError("a blank text")
    return value


def given_text(value: Any) -> str | None:
    """A text that may be left out. Raises `TypeError` for what is something else."""
    return None if value is None or value == "" else text(value)


def fear_greed(value: Any, word: Any, time: int) -> FearGreed:
    """An index with one of the known words, which follows from `value` where another one was sent.

    Raises `ValueError` for a value that is not whole or not from 0 to 100.
    """
    read = whole(value, least=0)
    if read is None or read > 100:
        raise ValueError("no index")
    own = word.strip().title() if isinstance(word, str) else ""
    derived = next(name for most, name in WORDS.items() if read <= most)
    return FearGreed(read, own if own in WORDS.values() else derived, time)
