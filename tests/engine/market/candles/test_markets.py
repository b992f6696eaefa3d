"""The market that each provider is asked for."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from engine.catalogue.building import build_catalogue
from engine.catalogue.catalogue import Catalogue
from engine.catalogue.facts import Facts
from engine.catalogue.identity import key_of
from engine.catalogue.names import Resolved, resolve
from engine.catalogue.pairs import pair_of
from engine.catalogue.state import State
from engine.errors import InvalidRequest
from engine.market import CandleRequest
from engine.market.candles.markets import Markets
from engine.market.candles.planning import plans
from engine.market.candles.series import Series
from engine.market.candles.usual_market import VenueMarket
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.upstream import Upstream
from providers import INTERVALS, CandleSource, Http, Market, Window, discover
from tests.engine.catalogue.identity.world import FACTS
from tests.engine.catalogue.markets import NOW, catalogue_of, identities_of, listings_of

SOURCES = {
    kind.name: kind(Http(), key="key", clock=lambda: NOW)
    for kind in discover()
    if issubclass(kind, CandleSource)
}
HOUR = INTERVALS["1h"]


@dataclass
class Known:
    """A catalogue that never changes."""

    catalogue: Catalogue
    facts: Facts = FACTS
    state: State = field(default_factory=State)


KNOWN = Known(catalogue_of())
UNKNOWN = Known(build_catalogue(FACTS))
LEARNT = identities_of(listings_of())
RESTARTED = Known(build_catalogue(FACTS, LEARNT), state=State(identities=LEARNT))
"""What an earlier start has learnt of codes, before any list of markets has come."""


def markets(known: Known = KNOWN) -> Markets:
    """Return the markets with a catalogue."""
    return Markets(known, lambda: NOW)  # type: ignore[arg-type]


def request(text: str, until: str | None = None, known: Known = KNOWN) -> CandleRequest:
    """Return a request for candles by a name, for the newest or until a day."""
    end = None if until is None else datetime.fromisoformat(until).replace(tzinfo=UTC).timestamp()
    found = resolve(text, known.catalogue, NOW if end is None else end)
    assert isinstance(found, Resolved), found
    pair = pair_of(found.base, found.quote, known.catalogue)
    window = Window(100, None, None if end is None else int(end * 1000))
    return CandleRequest(found.symbol, pair, HOUR, window, venue=found.venue)


def natives(text: str, until: str | None = None, known: Known = KNOWN) -> dict[str, str]:
    """Return the names of a pair at exchanges."""
    asked = request(text, until, known)
    found = {name: markets(known).find(source, asked) for name, source in SOURCES.items()}
    return {name: it.listed.native for name, it in found.items() if it is not None and name != "coingecko"}


def test_aggregators_are_asked_by_their_own_id() -> None:
    """CoinGecko is asked for dollar prices by its own id of a coin, which no other coin has."""
    found = markets().find(SOURCES["coingecko"], request("MKR", "2025-09-01"))

    assert found is not None
    assert (found.listed.native, found.pair.quote) == ("maker", "USD")
    assert markets().find(SOURCES["coingecko"], request("BTC/EUR")) is None


def at(venue: str, text: str) -> VenueMarket:
    """Return a provider's market for a pair."""
    found = markets().find(SOURCES[venue], request(text))
    assert found is not None
    return found


def at_any(text: str) -> VenueMarket | None:
    """Return the first exchange's market for a pair."""
    found = (markets().find(source, request(text)) for source in SOURCES.values())
    return next((it for it in found if it is not None), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ETH/BTC", {"binance": "ETHBTC"}),
        ("BTC/EUR", {"binance": "BTCEUR", "kraken": "XBTEUR"}),
        ("SOL/USDC", {"binance": "SOLUSDC"}),
        ("BTC/EUR:kraken", {"kraken": "XBTEUR"}),
        ("T/USD", {"binance": "TUSDT", "kraken": "TUSD", "coinbase": "TUSD"}),
        ("币安人生", {"kucoin": "币安人生USDT", "gate": "币安人生USDT"}),
    ],
)
def test_venues_are_asked_under_the_names_of_their_lists(text: str, expected: dict[str, str]) -> None:
    """Venues are asked by their native names, and dollars and USDT replace each other."""
    assert natives(text) == expected


def test_another_coin_with_the_code_is_never_asked_for() -> None:
    """Another coin with the code is never requested, such as NEIRO at Bybit or LUNA at Kraken."""
    assert natives("@neiro-first") == {
        "binance": "NEIROUSDT",
        "kraken": "NEIROUSD",
        "bybit": "NEIROCTOUSDT",
        "gate": "NEIROUSDT",
    }
    assert natives("@neiro-eth") == {"bybit": "NEIROUSDT"}
    assert natives("LUNA")["kraken"] == "LUNA2USD"
    assert natives("LUNC")["kraken"] == "LUNAUSD"


def test_codes_that_are_not_proved_count_at_their_venue_only() -> None:
    """An unproved code is requested only if the request names its venue."""
    assert natives("FOO:gate") == {"gate": "FOOUSDT"}
    assert markets().find(SOURCES["gate"], replace(request("FOO:gate"), venue=None)) is None


def test_pinned_coins_need_no_list() -> None:
    """A venue without any listing is asked for pinned coins by their usual names, and for no others."""
    asked = natives("BTC", known=UNKNOWN)

    assert asked["binance"] == "BTCUSDT"
    assert asked["kraken"] == "XBTUSDT"
    assert asked["bitstamp"] == "btcusd"
    assert natives("TON", known=UNKNOWN)["okx"] == "GRAM-USDT"
    assert natives("BTC/EUR", known=UNKNOWN) == {}


@pytest.mark.parametrize("text", ["BTC", "BTC:kraken"])
def test_after_a_restart_pinned_coins_need_no_list(text: str) -> None:
    """Codes of venues are known at once after a restart, before the lists, which keeps no coin waiting."""
    assert natives(text, known=RESTARTED) == natives(text, known=UNKNOWN) != {}
    assert markets(RESTARTED).exact(SOURCES["binance"], request("BTC", known=RESTARTED).pair) is not None


@pytest.mark.parametrize("change", [{"coin": "eth"}, {"state": "refused"}])
@pytest.mark.parametrize(("venue", "code"), [("binance", "BTC"), ("kraken", "XBT")])
def test_after_a_restart_a_code_of_another_coin_is_not_asked_for(
    venue: str, code: str, change: dict[str, str]
) -> None:
    """A venue is not asked under a code that has turned out to be another coin's, before its list comes."""
    key = key_of(venue, code)
    learnt = replace(LEARNT, bindings={**LEARNT.bindings, key: replace(LEARNT.bindings[key], **change)})
    known = Known(build_catalogue(FACTS, learnt), state=State(identities=learnt))
    asked = natives("BTC", known=known)
    pair = request("BTC", known=known).pair
    kept = Series(venue, pair, (), listed=SOURCES[venue].market(pair))

    assert venue not in asked
    assert asked.keys() | {venue} == natives("BTC", known=UNKNOWN).keys()
    assert markets(known).exact(SOURCES[venue], pair) is None
    assert not markets(known).means(kept)
    assert markets(RESTARTED).means(kept)


@pytest.mark.parametrize(
    ("text", "until", "native"), [("TON", None, "GRAMUSDT"), ("POL", "2024-06-01", "MATICUSDT")]
)
def test_after_a_restart_a_renamed_coin_is_asked_for_where_it_was_listed(
    text: str, until: str | None, native: str
) -> None:
    """A venue is asked under its name of that time, and only where its codes have the coin."""
    asked = natives(text, until, known=RESTARTED)

    assert asked["binance"] == natives(text, until, known=UNKNOWN)["binance"] == native
    assert "bybit" not in asked


def test_a_dollar_market_stands_in_and_says_so() -> None:
    """A dollar market may replace a USDT market, and the answer has its quote."""
    assert at("kraken", "T/USDT").pair.quote == "USD"
    assert at("binance", "T/USD").pair.quote == "USDT"
    assert at("binance", "T/USDT").pair.quote == "USDT"


def test_earlier_windows_are_asked_under_the_code_of_their_time() -> None:
    """Binance traded POL as MATIC until September 2024; the pinned coin's newest candles are POL's."""
    assert natives("MATIC")["binance"] == "POLUSDT"
    assert natives("POL", "2024-09-01")["binance"] == "MATICUSDT"
    assert natives("TON", "2026-06-01")["binance"] == "TONUSDT"
    assert natives("TON")["binance"] == "GRAMUSDT"
    assert natives("TON", "2026-06-01")["kraken"] == natives("TON")["kraken"] == "TONUSD"


def test_former_units_are_asked_under_the_old_code_before_the_change() -> None:
    """A former unit is requested under its old code for times before the change, or from its kept market."""
    early = natives("MKR", "2025-09-01")

    assert early == {"okx": "MKR-USDT", "kraken": "MKRUSD"}
    assert natives("MKR/USD:kraken") == {"kraken": "MKRUSD"}
    assert natives("SKY", "2025-09-01") == natives("SKY") == {"okx": "SKYUSDT"}


def test_a_code_that_means_another_coin_today_is_not_asked_for_the_past() -> None:
    """A code of two coins over time is not requested for the past, such as LUNA before May 2022."""
    early = natives("LUNA", "2022-05-01")

    assert "LUNAUSDT" not in early.values()
    assert early["kraken"] == "LUNAUSD"


def test_a_code_says_nothing_of_the_time_before_a_coin_took_it_over() -> None:
    """The candles under LUNA before June 2022 are Terra Classic's, though today's LUNA is asked for."""
    taken = int(datetime(2022, 5, 28, tzinfo=UTC).timestamp() * 1000)
    asked = request("LUNA")
    since = {name: markets().find(source, asked) for name, source in SOURCES.items()}
    known = {name: it.since for name, it in since.items() if it is not None and name != "coingecko"}

    assert known["kraken"] is None  # which calls it LUNA2
    assert known["okx"] == taken
    assert all(it.since is None for text in ("TON", "SKY", "LUNC") if (it := at_any(text)))
    upstreams = [Upstream(SOURCES["okx"], Store(MemoryCache()))]
    (plan,) = plans(upstreams, asked, int(NOW * 1000), markets().find)
    assert plan.since == taken


def test_a_pair_without_any_market_is_refused_with_others_of_the_coin() -> None:
    """A pair without a market is an error with the coin's other pairs, and no failure of providers."""
    upstreams = [Upstream(source, Store(MemoryCache())) for source in SOURCES.values()]

    with pytest.raises(InvalidRequest) as caught:
        markets().require(upstreams, request("T/EUR"))
    assert caught.value.code == "INVALID_SYMBOL"
    assert caught.value.details == {
        "symbol": ["T/EUR: no market of this pair is known"],
        "T/EUR": {"didYouMean": ["T/USD", "T/USDT"]},
    }
    for text, others in (("T:binance", ["T/USDT:binance"]), ("@neiro-eth:bybit", ["@neiro-eth/USDT:bybit"])):
        elsewhere = request(text)
        elsewhere = replace(elsewhere, pair=replace(elsewhere.pair, quote="EUR"))
        with pytest.raises(InvalidRequest) as caught:
            markets().require(upstreams, elsewhere)
        assert caught.value.details is not None
        assert list(caught.value.details.values())[-1]["didYouMean"][:1] == others  # type: ignore[index]
    markets().require(upstreams, request("BTC"))
    markets().require(upstreams, request("T/USD"))


def test_a_series_of_a_code_that_was_rebound_means_nothing_any_more() -> None:
    """A series of a rebound or refused code is ignored, and one of a venue without a listing stays."""
    neiro = request("@neiro-first").pair
    kept = Series("bybit", neiro, (), listed=Market("bybit", "NEIROCTO", "USDT", "NEIROCTOUSDT"))

    assert markets().means(kept)
    assert not markets().means(replace(kept, listed=Market("bybit", "NEIRO", "USDT", "NEIROUSDT")))
    assert markets(UNKNOWN).means(kept)
