"""Parse texts, and the class of a Fear & Greed index. Pure functions."""

import re
from typing import Any

from providers._models import FearGreed
from providers._reading._figures import integer

HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]+")
CLASSES = {25: "Extreme Fear", 46: "Fear", 54: "Neutral", 75: "Greed", 100: "Extreme Greed"}
"""The class of an index up to each value, on alternative.me's scale."""


def text(value: Any) -> str:
    """Parse a required text. Raises `TypeError` if it is not a text, `ValueError` if it is blank."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    if not value.strip():
        raise ValueError("a blank text")
    return value


def optional_text(value: Any) -> str | None:
    """Parse an optional text, `None` if it is missing. Raises `TypeError` if it is not a text."""
    return None if value is None or value == "" else text(value)


def contract(chain: str, address: str) -> str:
    """Return `chain:address`. Only hexadecimal addresses mean the same in upper and lower case."""
    return f"{chain}:{address.lower() if HEXADECIMAL.fullmatch(address) else address}"


def fear_greed(value: Any, classification: Any, time: int) -> FearGreed:
    """Return an index with its class. An unknown class is replaced by that of `value`.

    Raises `ValueError` if `value` is not an integer from 0 to 100.
    """
    read = integer(value, minimum=0)
    if read is None or read > 100:
        raise ValueError("not an index")
    sent = classification.strip().title() if isinstance(classification, str) else ""
    derived = next(name for highest, name in CLASSES.items() if read <= highest)
    return FearGreed(read, sent if sent in CLASSES.values() else derived, time)
