"""Requests, answers and the formats of numbers in dialects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Request:
    """A call as the provider's own host would receive it, with lower-case header names."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    spend: Callable[[int], int] = field(default=lambda weight: weight)
    """Counts the weight of this call, and returns what this minute's calls have weighed with it."""

    def whole(self, name: str, default: int) -> int:
        """Return an integer from the query. Anything else raises ValueError."""
        text = self.query.get(name, "")
        return int(text) if text else default

    def names(self, name: str) -> list[str]:
        """Return the parts of a comma-separated parameter, including spaces."""
        return [part for part in self.query.get(name, "").split(",") if part]


@dataclass(frozen=True)
class Answer:
    """A status with a body: text is sent as HTML, bytes as XML, anything else as JSON."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


NOT_FOUND = Answer("<html><body><h1>404 Not Found</h1></body></html>", 404)


def fixed(number: float, places: int = 8) -> str:
    """Return the number as text with the given number of decimals."""
    return f"{number:.{places}f}" if number == number else "NaN"


def text(number: float) -> str:
    """Return the number as its shortest exact text without an exponent."""
    short = repr(float(number))
    if "n" in short:
        return "NaN"
    if "e" in short:
        return f"{number:.12f}".rstrip("0").rstrip(".")
    return short.removesuffix(".0")


def step(places: int) -> str:
    """Return the smallest step of a number with the given number of decimals."""
    return f"{10**-places:.{places}f}"


def iso(at_ms: int) -> str:
    """Return a time in milliseconds as ISO text in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"
