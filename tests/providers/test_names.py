"""Names of coins: a rename has a date for each exchange, and a code alone is ambiguous."""

from collections.abc import Iterator
from typing import Any

import pytest

from providers import ASSET_BY_NAME, INTERVALS, CandleSource, Http, Pair, QuoteSource, Window, discover
from providers._reading import ranked_rows
from tests.upstreams import StandIn

TON = ASSET_BY_NAME["GRAM"]
BEFORE, AFTER = 1_780_000_000_000, 1_790_000_000_000
"""Times in May and in September 2026."""


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield the stand-in, whose exchanges use the newest names."""
    with StandIn(clock=lambda: AFTER / 1000) as stand_in:
        yield stand_in


def test_both_names_mean_one_coin() -> None:
    """Both names mean the same coin with the same ids, and the list of coins shows the first name."""
    assert ASSET_BY_NAME["TON"] is TON
    assert (TON.symbol, TON.aliases, TON.coingecko) == ("TON", ["GRAM"], "the-open-network")


@pytest.mark.parametrize(
    ("venue", "before", "after"),
    [
        *((venue, "TON", "GRAM") for venue in ("binance", "bybit", "okx", "kucoin", "gate")),
        *((venue, "TON", "TON") for venue in ("kraken", "coinbase", "bitstamp")),
    ],
)
def test_each_venue_changed_in_its_own_time(venue: str, before: str, after: str) -> None:
    """Each exchange has its own date of the rename, or none."""
    assert (TON.code_at(venue, BEFORE), TON.code_at(venue, AFTER)) == (before, after)


def test_a_window_before_the_change_is_asked_for_under_the_old_name() -> None:
    """Candles before the rename use Binance's old name, and the newest ones the new name."""
    assert ASSET_BY_NAME["POL"].code_at("binance", 1_725_000_000_000) == "MATIC"
    assert ASSET_BY_NAME["POL"].code_at("binance", AFTER) == "POL"
    assert ASSET_BY_NAME["POL"].code_at("okx", 1_725_000_000_000) == "POL"


QUOTE_SOURCES = [kind for kind in discover() if issubclass(kind, QuoteSource)]


@pytest.mark.parametrize("kind", QUOTE_SOURCES, ids=lambda kind: kind.name)
def test_every_venue_is_asked_under_its_own_name(kind: type[QuoteSource], stand_in: StandIn) -> None:
    """Every exchange's quotes include the coin, under either name."""
    url = stand_in.base_urls()[f"{kind.name.upper()}_BASE_URL"]
    provider = kind(Http(), base_url=url, key="key", clock=lambda: AFTER / 1000)

    assert any(quote.asset is TON for quote in provider.quotes([TON])) == (kind.name != "bitstamp")


@pytest.mark.parametrize("venue", ["binance", "bybit", "okx", "kucoin", "gate", "kraken", "coinbase"])
def test_candles_are_asked_under_its_own_name(venue: str, stand_in: StandIn) -> None:
    """Every exchange's newest candles are found under its name."""
    kind = next(it for it in discover() if it.name == venue)
    assert issubclass(kind, CandleSource)
    url = stand_in.base_urls()[f"{venue.upper()}_BASE_URL"]
    provider = kind(Http(), base_url=url, clock=lambda: AFTER / 1000)
    market = provider.market(Pair(TON, "USDT"))

    assert market is not None
    assert len(provider.candles(market, INTERVALS["1h"], Window(10))) == 10


def rows(*names: tuple[str, str, int]) -> list[dict[str, Any]]:
    """Return rows as CoinPaprika sends them: a code, a name and a rank each."""
    return [
        {"id": f"{code}-{name}".lower().replace(" ", "-"), "symbol": code, "name": name, "rank": rank}
        for code, name, rank in names
    ]


def test_the_next_coin_of_its_code_is_none_of_it() -> None:
    """A row with the coin's code and another name never counts, whatever its rank."""
    for code in ("TON", "GRAM"):
        listed = rows(("TON", "Tokamak Network", 1), ("GRAM", "Gram 2", 2), (code, "Toncoin", 20))

        assert ranked_rows(listed, [TON], prefixed=True) == [(TON, listed[2])]
    assert ranked_rows(rows(("TON", "Tokamak Network", 1)), [TON], prefixed=True) == []


def test_its_new_name_is_known() -> None:
    """CoinPaprika's row under the coin's new name counts."""
    listed = rows(("GRAM", "Gram", 20))

    assert ranked_rows(listed, [TON], prefixed=True) == [(TON, listed[0])]
