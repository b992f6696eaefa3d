"""What the contract says about an answer."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from providers import OrderBook, QuoteSource
from tests.live.listening import Listening
from tests.live.outcome import Kind
from tests.providers.abilities import Ability, Question
from tests.providers.stream_contract import event

TOLD = 3
"""How many breaks of the contract one row tells."""


def judged(ability: Ability, question: Question) -> tuple[Kind, str]:
    """Ask, and judge the result. No question here has an empty answer. Raises a `ProviderError`."""
    result = ability.ask(question)
    wrong = chain(_missing(ability, question, result), ability.wrong(result, question))
    return _told(wrong, f"{len(result)} values" if isinstance(result, list) else "")


def heard(listening: Listening, addresses: Callable[[], Sequence[str]]) -> tuple[Kind, str]:
    """Listen, and judge the first event of the topic. Raises a `ProviderError`."""
    first = listening.first(addresses())
    wrong = event(first, listening.source.now(), listening.topic.interval)
    return _told(wrong, f"{len(listening.frames)} frames")


def _missing(ability: Ability, question: Question, result: Any) -> Iterator[str]:
    """Yield what a whole answer has, and this one lacks: fields with another name look as if unknown."""
    rows = result if isinstance(result, list) else [result]
    if not rows or (isinstance(result, OrderBook) and not (result.bids and result.asks)):
        yield "an empty answer"
        return
    for name in ability.expected:
        if all(getattr(row, name) is None for row in rows):
            yield f"{name} is in no row"
    if ability.kind is QuoteSource:
        quoted = {quote.asset.code for quote in result} | {"USDT"}  # of which few venues have a market
        yield from (f"no quote of {one.code}" for one in question.assets if one.code not in quoted)


def _told(wrong: Iterator[str], good: str) -> tuple[Kind, str]:
    found = [*islice(wrong, TOLD)]
    return (Kind.BROKEN, "; ".join(found)) if found else (Kind.OK, good)
