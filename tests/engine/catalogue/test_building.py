"""The catalogue is built from listings and bindings."""

from msgspec import structs
from msgspec.structs import replace

from benchmarks.catalogue import candidates, listings, megabytes_kept
from engine.catalogue.building import build_catalogue
from engine.catalogue.identity import Identities, bind
from engine.catalogue.identity.ownership import with_owners
from engine.catalogue.listings import EndedMarket, Listing
from engine.catalogue.pacing import never
from tests.engine.catalogue.identity.world import FACTS
from tests.engine.catalogue.listing_of import listing, market
from tests.engine.catalogue.markets import NOW, catalogue_of, identities_of, listings_of

CATALOGUE = catalogue_of()
DAY = 86_400.0


def test_a_market_is_found_under_its_coins() -> None:
    """A market is found under its coins, whatever its venue calls them, with the native name for requests."""
    found = CATALOGUE.market("kraken", "doge", "usd")

    assert found is not None
    assert (found.native, found.symbol, found.state) == ("XDGUSD", "DOGE/USD", "pinned")
    assert CATALOGUE.market("kraken", "doge", "eur") is None


def test_a_pair_has_all_its_venues() -> None:
    """A pair has the markets of all venues under any name of its coins, and only proved codes are served."""
    assert [one.venue for one in CATALOGUE.served("btc", "usdt")] == [
        "binance",
        "bybit",
        "gate",
        "kucoin",
        "okx",
    ]
    assert [one.native for one in CATALOGUE.of_coin("ton")] == ["TONUSD", "GRAMUSDT"]
    assert [one.venue for one in CATALOGUE.trading("foo", "usdt")] == ["gate"]
    assert CATALOGUE.served("foo", "usdt") == []


def test_states_say_how_well_a_market_is_known() -> None:
    """A market's state is the state of its base coin's binding."""
    states = {(one.venue, one.native): one.state for one in CATALOGUE.markets}

    assert states["binance", "BTCUSDT"] == "pinned"
    assert states["binance", "EURUSDT"] == "proved"
    assert states["gate", "币安人生USDT"] == "proved"
    assert states["gate", "FOOUSDT"] == "tentative"


def test_coins_are_listed_by_rank_after_the_pinned_ones() -> None:
    """Coins are listed by rank after the pinned ones, with the venues that trade them."""
    pinned = [listed for listed in CATALOGUE.coins if listed.coin.pinned]

    assert list(CATALOGUE.coins[:30]) == pinned
    assert {listed.state for listed in pinned} == {"pinned"}
    eth = CATALOGUE.coin("eth")
    assert eth is not None
    assert eth.venues == ("binance",)


def test_an_ended_market_is_known_and_not_traded() -> None:
    """An ended market stays known, so that requests for it get a clear error, and it is not traded."""
    listings = listings_of()
    ended = [EndedMarket(market("binance", "UNI", "BTC"), NOW)]
    catalogue = build_catalogue(FACTS, identities_of(listings), listings, ended)
    found = catalogue.market("binance", "uni", "btc")

    assert found is not None
    assert (found.state, found.served) == ("ended", False)
    assert catalogue.trading("uni", "btc") == []


def test_halted_and_upcoming_markets_are_known_and_not_traded() -> None:
    """Halted and upcoming markets are listed, and not served, because they have no price."""
    rows = [
        market("okx", "BTC", state="halted"),
        market("okx", "ETH", state="upcoming"),
        market("okx", "SOL"),
    ]
    listings = {"okx": listing("okx", rows, NOW)}
    catalogue = build_catalogue(FACTS, identities_of(listings), listings)

    assert [one.base.id for one in catalogue.markets] == ["btc", "eth", "sol"]
    assert [one.base.id for one in catalogue.markets if one.served] == ["sol"]


def test_two_markets_of_one_venue_and_pair_are_one() -> None:
    """Of two markets of one venue and pair, the one under the coin's present code counts."""
    rows = [market("okx", "MATIC"), market("okx", "POL"), market("okx", "BTC")]
    listings = {"okx": listing("okx", rows, NOW)}
    catalogue = build_catalogue(FACTS, identities_of(listings), listings)

    assert [one.native for one in catalogue.trading("pol", "usdt")] == ["POLUSDT"]


def test_the_code_of_a_venue_counts_there() -> None:
    """A coin with several markets at a venue is traded under the code that it has at this venue."""
    for venue, native in (("okx", "GRAMUSDT"), ("kraken", "TONUSDT")):
        rows = [market(venue, "TON"), market(venue, "GRAM"), market(venue, "BTC")]
        listings = {venue: listing(venue, rows, NOW)}
        catalogue = build_catalogue(FACTS, identities_of(listings), listings)

        assert [one.native for one in catalogue.trading("ton", "usdt")] == [native]


def test_a_version_is_the_content() -> None:
    """The version changes with the content of the listings, and not with their time."""
    assert catalogue_of().version == CATALOGUE.version
    assert catalogue_of({"okx": "BTC/USDT"}).version != catalogue_of({"okx": "BTC/USDT ETH/USDT"}).version
    assert CATALOGUE.as_of == NOW
    assert build_catalogue(FACTS).as_of is None


def test_the_loop_has_rests() -> None:
    """Building yields to the event loop, at least 30 times for 2000 rows."""
    rows = [market("okx", f"C{number}") for number in range(2000)]
    listings = {"okx": listing("okx", rows, NOW)}
    identities = identities_of(listings)
    rests: list[None] = []
    build_catalogue(FACTS, identities, listings, (), lambda: rests.append(None))

    assert len(rests) >= 30


def proved(known: dict[str, Listing]) -> Identities:
    """Return the bindings after all observations: every code is proved, with one coin for each."""
    identities, _ = bind(Identities(), known, candidates(), FACTS, NOW)
    served = {one.code: one.coin for one in identities.bindings.values() if one.served}
    coins = {one.code: one.coin for one in reversed([*identities.bindings.values()])} | served
    bindings = {
        key: one
        if one.served
        else structs.replace(
            one, coin=coins[one.code], state="proved", evidence=("name", "three prices"), named=True
        )
        for key, one in identities.bindings.items()
    }
    return with_owners(replace(identities, bindings=bindings), NOW + DAY, never)


def test_ten_thousand_markets_fit_in_eight_megabytes() -> None:
    """Ten thousand markets fit in 8 MB, including the listings and the search index."""
    known = listings()

    assert megabytes_kept(proved(known), known, search=True) <= 8.0
