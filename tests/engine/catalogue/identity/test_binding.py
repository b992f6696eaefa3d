"""What venues and aggregators say of codes."""

from engine.catalogue.identity import Binding, Candidate
from engine.catalogue.listings import ENDED_KEPT
from tests.engine.catalogue.identity.world import World, gecko
from tests.engine.catalogue.listing_of import market


def test_reviewed_codes_are_bound_at_once() -> None:
    """Pinned ones, stablecoins, and what the tables say of one venue."""
    world = World()
    world.bind("kraken:XBT kraken:LUNA okx:LUNA okx:GRAM okx:USDC")

    assert world.told("kraken:XBT") == ("btc", "pinned")
    assert world.told("okx:GRAM") == ("ton", "pinned")
    assert world.told("okx:USDC") == ("usdc", "proved")
    assert world.told("kraken:LUNA") == ("lunc", "proved")
    assert world.told("okx:LUNA") == ("luna", "proved")
    assert world.told("okx:USDT") == ("usdt", "proved")


def test_a_code_alone_proves_nothing() -> None:
    """Two venues with one code have two coins until evidence says otherwise."""
    world = World()
    world.bind("okx:FOO bybit:FOO", [gecko("foo-coin", "foo", "Foo", 100)])

    assert world.told("okx:FOO")[1] == "tentative"
    assert world["okx:FOO"].coin != world["bybit:FOO"].coin
    assert "foo-coin" not in {world["okx:FOO"].coin, world["bybit:FOO"].coin}


def test_a_name_is_one_signal() -> None:
    """The aggregator's entry with the venue's own name of the coin, by equal names before parts."""
    world = World()
    coins = [gecko("terra-2", "lux", "Terra"), gecko("terra-classic", "lux", "Terra Classic")]
    world.bind("gate:LUX=Terra mexc:LUX=Terra_Classic", coins)

    assert world["gate:LUX"].named
    assert world.told("gate:LUX")[1] == "tentative"
    assert world.identities.coins[world["gate:LUX"].coin].coingecko == "terra-2"
    assert world.identities.coins[world["mexc:LUX"].coin].coingecko == "terra-classic"


def test_two_coins_with_the_name_are_ambiguous() -> None:
    """Neither is chosen."""
    world = World()
    world.bind("gate:CAT=Cat", [gecko("cat-1", "cat", "Cat"), gecko("cat-2", "cat", "CAT Token")])

    assert world.told("gate:CAT")[1] == "ambiguous"


def test_a_name_of_another_coin_is_none() -> None:
    """Gate's BTG is not CoinGecko's only BTG."""
    world = World()
    world.bind("gate:BTQ=Openverse_Network", [gecko("bitcoin-gold", "btq", "Bitcoin Gold", 200)])

    assert not world["gate:BTQ"].named
    assert world.identities.coins[world["gate:BTQ"].coin].coingecko == ""


def test_a_contract_decides_alone_over_codes_too() -> None:
    """NEIROCTO has the contract of NEIRO."""
    world = World()
    rows = [market("mexc", "NEIROCTO", contracts=("eip155:1/0x812b",))]
    world.bind(rows, [gecko("neiro-3", "neiro", "Neiro", 300, "eip155:1/0x812b")])

    assert world.told("mexc:NEIROCTO") == ("neiro-first", "proved")
    assert world["mexc:NEIROCTO"].evidence == ("contract eip155:1/0x812b",)


def test_kinds_are_kept_apart() -> None:
    """A stock token is no coin, whatever its code and name, and a venue's word on that counts."""
    world = World()
    rows = [market("bybit", "OP", kind="stock"), market("gate", "FOO", name="Foo xStock")]
    world.bind(rows, [gecko("foo", "foo", "Foo xStock Killer")])

    assert world.told("bybit:OP") != ("op", "pinned")
    assert world["bybit:OP"].kind == "stock"
    assert world["gate:FOO"].kind == "stock"


def test_ids_stay_and_are_not_given_twice() -> None:
    """An aggregator that hears of a coin later finds it under the id that it has."""
    world = World()
    world.bind("gate:FOO=Foo")
    before = world["gate:FOO"].coin
    world.bind("gate:FOO=Foo okx:FOO", [gecko("foo-x", "foo", "Foo"), gecko("foo-y", "foo", "Food")])

    assert world["gate:FOO"].coin == before == "foo"
    assert world.identities.coins["foo"].coingecko == "foo-x"
    assert world["okx:FOO"].coin == "foo-okx"


def test_binding_again_changes_nothing() -> None:
    """But the time when the code was last seen."""
    world = World()
    coins = [gecko("foo-coin", "foo", "Foo", 3)]
    world.bind("gate:FOO=Foo okx:FOO kraken:BTC", coins)
    first = dict(world.identities.bindings)
    world.bind("gate:FOO=Foo okx:FOO kraken:BTC", coins)

    assert world.identities.bindings == first
    assert world.events == []


def test_venues_without_a_listing_keep_their_bindings() -> None:
    """One venue is read at a time. A code that its venue dropped is forgotten after 90 days."""
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
    """Its own name of it says so."""
    world = World()
    world.bind("gate:FOO=Foo", [gecko("foo-coin", "foo", "Foo", 3)])
    for _ in range(3):
        world.look({"gate:FOO": 2.5}, references={world["gate:FOO"].coin: 2.5})
    proved: Binding = world["gate:FOO"]
    world.bind("gate:FOO=Foo_Finance", [gecko("foo-coin", "foo", "Foo", 3)])
    same = world["gate:FOO"]
    world.bind("gate:FOO=Bar", [gecko("foo-coin", "foo", "Foo", 3)])

    assert proved.state == same.state == "proved"
    assert world.told("gate:FOO")[1] == "tentative"
    assert world["gate:FOO"].coin != proved.coin
    assert [event.what for event in world.events] == ["proved", "rebound"]


def test_the_loop_has_rests() -> None:
    """At least one for every 200 rows."""
    from engine.catalogue.identity import Identities, bind
    from tests.engine.catalogue.identity.world import FACTS
    from tests.engine.catalogue.listing_of import listing_of

    rests: list[None] = []
    codes = [f"C{number}" for number in range(1000)]
    bind(Identities(), {"okx": listing_of("okx", codes)}, (), FACTS, 0.0, lambda: rests.append(None))

    assert len(rests) >= 10


def test_aggregators_keep_ids_of_their_own() -> None:
    """The id of one of them is never taken for the id of another, although both are numbers."""
    world = World()
    said = [Candidate(source, "48543", "NOVA", "Nova") for source in ("coinlore", "coinmarketcap")]
    for _ in range(2):
        world.bind("gate:NOVA=Nova", said)

    coin = world.identities.coins[world["gate:NOVA"].coin]
    assert (coin.coinlore, coin.coinmarketcap, coin.coingecko) == ("48543", 48543, "")
