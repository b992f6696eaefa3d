"""Bindings of codes to coins, from what venues and aggregators say."""

from engine.catalogue.identity import Binding, Candidate
from engine.catalogue.listings import ENDED_KEPT
from tests.engine.catalogue.identity.world import World, gecko
from tests.engine.catalogue.listing_of import market


def test_reviewed_codes_are_bound_at_once() -> None:
    """Pinned codes, stablecoins and codes in the tables are bound at once."""
    world = World()
    world.bind("kraken:XBT kraken:LUNA okx:LUNA okx:GRAM okx:USDC")

    assert world.coin_and_state("kraken:XBT") == ("btc", "pinned")
    assert world.coin_and_state("okx:GRAM") == ("ton", "pinned")
    assert world.coin_and_state("okx:USDC") == ("usdc", "proved")
    assert world.coin_and_state("kraken:LUNA") == ("lunc", "proved")
    assert world.coin_and_state("okx:LUNA") == ("luna", "proved")
    assert world.coin_and_state("okx:USDT") == ("usdt", "proved")


def test_a_code_alone_proves_nothing() -> None:
    """Two venues with one code have two coins until evidence joins them."""
    world = World()
    world.bind("okx:FOO bybit:FOO", [gecko("foo-coin", "foo", "Foo", 100)])

    assert world.coin_and_state("okx:FOO")[1] == "tentative"
    assert world["okx:FOO"].coin != world["bybit:FOO"].coin
    assert "foo-coin" not in {world["okx:FOO"].coin, world["bybit:FOO"].coin}


def test_a_name_is_one_signal() -> None:
    """An aggregator's coin with the venue's name is one signal, and equal names beat partial ones."""
    world = World()
    coins = [gecko("terra-2", "lux", "Terra"), gecko("terra-classic", "lux", "Terra Classic")]
    world.bind("gate:LUX=Terra mexc:LUX=Terra_Classic", coins)

    assert world["gate:LUX"].named
    assert world.coin_and_state("gate:LUX")[1] == "tentative"
    assert world.identities.coins[world["gate:LUX"].coin].coingecko == "terra-2"
    assert world.identities.coins[world["mexc:LUX"].coin].coingecko == "terra-classic"


def test_two_coins_with_the_name_are_ambiguous() -> None:
    """A code is ambiguous if two coins have the venue's name of it."""
    world = World()
    world.bind("gate:CAT=Cat", [gecko("cat-1", "cat", "Cat"), gecko("cat-2", "cat", "CAT Token")])

    assert world.coin_and_state("gate:CAT")[1] == "ambiguous"


def test_a_name_of_another_coin_is_none() -> None:
    """A code whose venue gives another name is not bound to the aggregator's only coin of that code."""
    world = World()
    world.bind("gate:BTQ=Openverse_Network", [gecko("bitcoin-gold", "btq", "Bitcoin Gold", 200)])

    assert not world["gate:BTQ"].named
    assert world.identities.coins[world["gate:BTQ"].coin].coingecko == ""


def test_a_contract_decides_alone_over_codes_too() -> None:
    """A matching contract proves a coin, even under another code."""
    world = World()
    rows = [market("mexc", "NEIROCTO", contracts=("eip155:1/0x812b",))]
    world.bind(rows, [gecko("neiro-3", "neiro", "Neiro", 300, "eip155:1/0x812b")])

    assert world.coin_and_state("mexc:NEIROCTO") == ("neiro-first", "proved")
    assert world["mexc:NEIROCTO"].evidence == ("contract eip155:1/0x812b",)


def test_a_code_of_two_reviewed_coins_belongs_to_none() -> None:
    """Whichever exchange is asked first: the other coin trades under the code, too."""
    world = World()
    world.bind("binance:NEIRO gate:S")
    world.now += 3600
    world.bind("binance:NEIRO bybit:NEIRO gate:S")

    assert world.coin_and_state("binance:NEIRO") == ("neiro-first", "proved")
    assert world.coin_and_state("bybit:NEIRO") == ("neiro-eth", "proved")
    assert "NEIRO" not in world.identities.owners


def test_kinds_are_kept_apart() -> None:
    """A stock token is never bound to a coin, whatever its code and name, and the venue's type counts."""
    world = World()
    rows = [market("bybit", "OP", kind="stock"), market("gate", "FOO", name="Foo xStock")]
    world.bind(rows, [gecko("foo", "foo", "Foo xStock Killer")])

    assert world.coin_and_state("bybit:OP") != ("op", "pinned")
    assert world["bybit:OP"].kind == "stock"
    assert world["gate:FOO"].kind == "stock"


def test_ids_stay_and_are_not_given_twice() -> None:
    """A coin keeps its id when an aggregator lists it later, and no other coin gets that id."""
    world = World()
    world.bind("gate:FOO=Foo")
    before = world["gate:FOO"].coin
    world.bind("gate:FOO=Foo okx:FOO", [gecko("foo-x", "foo", "Foo"), gecko("foo-y", "foo", "Food")])

    assert world["gate:FOO"].coin == before == "foo"
    assert world.identities.coins["foo"].coingecko == "foo-x"
    assert world["okx:FOO"].coin == "foo-okx"


def test_binding_again_changes_nothing() -> None:
    """Binding the same listings again changes only the time when a code was last seen."""
    world = World()
    coins = [gecko("foo-coin", "foo", "Foo", 3)]
    world.bind("gate:FOO=Foo okx:FOO kraken:BTC", coins)
    first = dict(world.identities.bindings)
    world.bind("gate:FOO=Foo okx:FOO kraken:BTC", coins)

    assert world.identities.bindings == first
    assert world.events == []


def test_venues_without_a_listing_keep_their_bindings() -> None:
    """A venue without a new listing keeps its bindings, and a dropped code expires after 90 days."""
    world = World()
    world.bind("gate:FOO okx:BAR")
    world.now += 3600
    world.bind("okx:BTC")
    kept = set(world.identities.bindings)
    world.now += ENDED_KEPT - 1
    world.bind("okx:BTC")

    assert kept == {"gate:FOO", "gate:USDT", "okx:BAR", "okx:USDT", "okx:BTC"}
    assert set(world.identities.bindings) == {"okx:BTC", "okx:USDT"}


def test_a_code_that_its_venue_gives_to_another_coin_is_not_proved_any_more() -> None:
    """A proved code is tentative again after its venue gives it the name of another coin."""
    world = World()
    world.bind("gate:FOO=Foo", [gecko("foo-coin", "foo", "Foo", 3)])
    for _ in range(3):
        world.look({"gate:FOO": 2.5}, references={world["gate:FOO"].coin: 2.5})
    proved: Binding = world["gate:FOO"]
    world.bind("gate:FOO=Foo_Finance", [gecko("foo-coin", "foo", "Foo", 3)])
    same = world["gate:FOO"]
    world.bind("gate:FOO=Bar", [gecko("foo-coin", "foo", "Foo", 3)])

    assert proved.state == same.state == "proved"
    assert world.coin_and_state("gate:FOO")[1] == "tentative"
    assert world["gate:FOO"].coin != proved.coin
    assert [event.what for event in world.events] == ["proved", "rebound"]


def test_the_loop_has_rests() -> None:
    """Building yields to the event loop, at least 30 times for 2000 rows."""
    from engine.catalogue.identity import Identities, bind
    from tests.engine.catalogue.identity.world import FACTS
    from tests.engine.catalogue.listing_of import listing_of

    rests: list[None] = []
    codes = [f"C{number}" for number in range(1000)]
    bind(Identities(), {"okx": listing_of("okx", codes)}, (), FACTS, 0.0, lambda: rests.append(None))

    assert len(rests) >= 10


def test_aggregators_keep_ids_of_their_own() -> None:
    """Each aggregator has its own ids, so that equal numbers of two aggregators stay separate."""
    world = World()
    said = [Candidate(source, "48543", "NOVA", "Nova") for source in ("coinlore", "coinmarketcap")]
    for _ in range(2):
        world.bind("gate:NOVA=Nova", said)

    coin = world.identities.coins[world["gate:NOVA"].coin]
    assert (coin.coinlore, coin.coinmarketcap, coin.coingecko) == ("48543", 48543, "")


def test_a_code_that_a_coin_gave_up_means_what_the_venue_calls_it() -> None:
    """A former code with another coin's name is that coin's, and one without a name is still the first's."""
    world = World(now=1_790_000_000.0)
    tokamak = gecko("tokamak-network", "ton", "Tokamak Network", 800)
    world.bind("gate:TON=Tokamak_Network gate:GRAM=Gram bybit:TON okx:TON=Toncoin kraken:TON", [tokamak])

    assert world.coin_and_state("gate:TON") == ("tokamak", "tentative")
    for key in ("gate:GRAM", "bybit:TON", "okx:TON", "kraken:TON"):
        assert world.coin_and_state(key) == ("ton", "pinned")
    world.now = 1_780_000_000.0  # before the new name
    world.bind("kucoin:TON=Any_Name")
    assert world.coin_and_state("kucoin:TON") == ("ton", "pinned")
