"""The providers that tests write out are those that there are."""

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
    """Who has one of these and needs no key."""
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
    """In the default order as well."""
    assert tuple(kind.name for kind in discover() if kind.needs_key) == everybody.KEYED
