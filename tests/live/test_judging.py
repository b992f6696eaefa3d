"""What a whole answer has to have, which one row may lack."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from providers import Listing, ListingSource, Quote, QuoteSource
from tests.live.judging import judged
from tests.live.outcome import Kind
from tests.providers.abilities import ABILITIES, Ability, Question
from tests.providers.payloads import BTC, ETH

KNOWN = Listing("BTC", "Bitcoin", 64_000.0, 1.5, 1e10, 1e12, 1)
UNKNOWN = Listing("ETH", "Ethereum", None, None, None, None, None)


def answering(kind: type[Any], result: object) -> Ability:
    """Return the ability of the providers of a kind, with an answer that the contract allows."""
    [ability] = [one for one in ABILITIES if one.kind is kind]
    return replace(ability, ask=lambda question: result, wrong=lambda result, question: iter(()))


def question(*assets: Any) -> Question:
    """Return a question about coins."""
    nothing: Any = None
    return Question(nothing, nothing, nothing, assets)


@pytest.mark.parametrize("name", ["price", "change_24h", "volume_24h", "market_cap", "rank"])
def test_a_figure_that_no_row_has_is_a_break(name: str) -> None:
    """A field with a new name looks unknown in every row; one row may lack it."""
    unknown: dict[str, Any] = {name: None}
    renamed = answering(ListingSource, [structs.replace(KNOWN, **unknown), UNKNOWN])

    assert judged(renamed, question()) == (Kind.BROKEN, f"{name} is in no row")
    assert judged(answering(ListingSource, [KNOWN, UNKNOWN]), question()) == (Kind.OK, "2 values")


def test_every_coin_is_quoted() -> None:
    """A coin that was asked for and is not quoted is a break."""
    quotes = answering(QuoteSource, [Quote(BTC, 64_000.0, "USDT")])

    assert judged(quotes, question(BTC, ETH)) == (Kind.BROKEN, "no quote of ETH")
    assert judged(quotes, question(BTC)) == (Kind.OK, "1 values")


def test_an_answer_without_rows_is_a_break() -> None:
    """No question here has an empty answer."""
    assert judged(answering(ListingSource, []), question()) == (Kind.BROKEN, "an empty answer")
