"""The lists of providers in `everybody.py` match the code."""

import pytest

from providers import (
    CandleSource,
    CoinLister,
    FeedSource,
    MarketLister,
    NewsSource,
    OverviewSource,
    Provider,
    QuoteSource,
    SentimentSource,
    discover,
)
from tests import everybody


def keyless(*abilities: type[Provider]) -> tuple[str, ...]:
    """Return the providers with one of the abilities that need no key."""
    return tuple(kind.name for kind in discover() if issubclass(kind, abilities) and not kind.needs_key)


@pytest.mark.parametrize(
    ("written", "abilities"),
    [
        ((*everybody.CANDLES, "coingecko"), (CandleSource,)),
        (everybody.QUOTES, (QuoteSource,)),
        (everybody.MARKETS, (MarketLister,)),
        (everybody.COINS, (CoinLister,)),
        (everybody.TOTALS, (OverviewSource,)),
        (everybody.INDICES, (SentimentSource,)),
        (everybody.NEWS, (NewsSource, FeedSource)),
    ],
)
def test_the_written_lists_match_the_providers(
    written: tuple[str, ...], abilities: tuple[type[Provider], ...]
) -> None:
    """The written lists match the providers, in the default order."""
    assert keyless(*abilities) == written


def test_who_needs_a_key_is_written_down() -> None:
    """The list of providers that need a key matches the code, in the default order."""
    assert tuple(kind.name for kind in discover() if kind.needs_key) == everybody.KEYED
