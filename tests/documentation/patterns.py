"""A cache of what hypothesis builds of a regular expression, since the document repeats a few long ones."""

from typing import Any

from hypothesis.strategies import SearchStrategy
from hypothesis.strategies._internal import regex as of_hypothesis
from hypothesis.strategies._internal.lazy import unwrap_strategies
from hypothesis.strategies._internal.strings import OneCharStringStrategy


def build_once() -> None:
    """Share strategies of equal expressions over equal alphabets, which takes two thirds of the time away.

    A strategy is built from these alone and keeps nothing of a draw, so that the same values are drawn.
    """
    built: dict[Any, SearchStrategy[Any]] = {}
    build = of_hypothesis.regex_strategy

    def shared(
        regex: Any, fullmatch: bool, *, alphabet: SearchStrategy[Any] | None, **options: Any
    ) -> SearchStrategy[Any]:
        characters = None if alphabet is None else unwrap_strategies(alphabet)  # type: ignore[no-untyped-call]
        if not isinstance(characters, OneCharStringStrategy):
            return build(regex, fullmatch, alphabet=alphabet, **options)
        key = (regex, fullmatch, characters.intervals, *options.items())
        if key not in built:
            built[key] = build(regex, fullmatch, alphabet=alphabet, **options)
        return built[key]

    of_hypothesis.regex_strategy = shared
