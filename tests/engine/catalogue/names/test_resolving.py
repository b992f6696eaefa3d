"""The pair that a client's text means."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from engine.catalogue.building import build_catalogue
from engine.catalogue.names import Ambiguous, Renamed, Resolved, Unknown, resolve
from tests.engine.catalogue.identity.world import FACTS
from tests.engine.catalogue.markets import NOW, PAIRS, catalogue_of, identities_of, listings_of

CATALOGUE = catalogue_of()
PINNED_ONLY = build_catalogue(FACTS)


def at(text: str) -> float:
    """Return Unix seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "symbol", "base", "quote", "venue"),
    [
        ("BTCUSDT", "BTCUSDT", "btc", "usdt", None),
        ("BTC-USDT", "BTCUSDT", "btc", "usdt", None),
        ("BTC/USDT", "BTCUSDT", "btc", "usdt", None),
        ("btc_usdt", "BTCUSDT", "btc", "usdt", None),
        (" btc ", "BTCUSDT", "btc", "usdt", None),
        ("btc/usd", "BTCUSD", "btc", "usd", None),
        ("ETHBTC", "ETH/BTC", "eth", "btc", None),
        ("ETH/BTC", "ETH/BTC", "eth", "btc", None),
        ("BTC/EUR", "BTC/EUR", "btc", "eur", None),
        ("BTCEUR", "BTC/EUR", "btc", "eur", None),
        ("SOL/USDC", "SOL/USDC", "sol", "usdc", None),
        ("SOLEUR", "SOL/EUR", "sol", "eur", None),
        ("1INCHUSDT", "1INCH/USDT", "1inch", "usdt", None),
        ("UNIUSDT", "UNIUSDT", "uni", "usdt", None),
        ("USDTUSD", "USDT/USD", "usdt", "usd", None),
        ("USDT", "USDT/USD", "usdt", "usd", None),
        ("USDTTRY", "USDT/TRY", "usdt", "try", None),
        ("EUR", "EUR/USDT", "eur", "usdt", None),
        ("EURUSDT", "EUR/USDT", "eur", "usdt", None),
        ("BTC/EUR:kraken", "BTC/EUR", "btc", "eur", "kraken"),
        ("XBT/EUR:Kraken", "BTC/EUR", "btc", "eur", "kraken"),
        ("BTC:kraken", "BTCUSD", "btc", "usd", "kraken"),
        ("MANAUSD", "MANA/USD", "mana", "usd", None),
        ("PAXGUSD", "PAXG/USD", "paxg", "usd", None),
        ("PAXUSD", "USDP/USD", "usdp", "usd", None),
        ("LUNA", "LUNA/USDT", "luna", "usdt", None),
        ("LUNA/USD:kraken", "LUNA/USD", "lunc", "usd", "kraken"),
        ("LUNC/USD:kraken", "LUNC/USD", "lunc", "usd", "kraken"),
        ("LUNA2/USD:kraken", "LUNA/USD", "luna", "usd", "kraken"),
        ("NEIRO/USDT:bybit", "NEIRO/USDT", "neiro-eth", "usdt", "bybit"),
        ("NEIROCTO/USDT:bybit", "NEIRO/USDT", "neiro-first", "usdt", "bybit"),
        ("@neiro-first", "@neiro-first/USDT", "neiro-first", "usdt", None),
        ("@neiro-eth/usd", "@neiro-eth/USD", "neiro-eth", "usd", None),
        ("@neiro-first:kraken", "NEIRO/USD", "neiro-first", "usd", "kraken"),
        ("@btc", "BTCUSDT", "btc", "usdt", None),
        ("TON", "TONUSDT", "ton", "usdt", None),
        ("TONUSDT", "TONUSDT", "ton", "usdt", None),
        ("GRAM", "GRAMUSDT", "ton", "usdt", None),
        ("GRAMUSDT", "GRAMUSDT", "ton", "usdt", None),
        ("GRAM/USD:kraken", "GRAMUSD", "ton", "usd", "kraken"),
        ("TON/USDT:binance", "TONUSDT", "ton", "usdt", "binance"),
        ("XBTUSD", "BTCUSD", "btc", "usd", None),
        ("XDGUSD", "DOGEUSD", "doge", "usd", None),
        ("POLUSDT", "POLUSDT", "pol", "usdt", None),
        ("MATIC", "MATICUSDT", "pol", "usdt", None),
        ("EOS", "EOS/USDT", "vaulta", "usdt", None),
        ("FTMUSDT", "FTM/USDT", "sonic", "usdt", None),
        ("REP/USD:kraken", "REP/USD", "repv1", "usd", "kraken"),
        ("REPV2/USD:kraken", "REP/USD", "rep", "usd", "kraken"),
        ("BTG/USDT:gate", "BTG/USDT", "btg-openverse", "usdt", "gate"),
        ("BTC3L:gate", "BTC3L/USDT", "btc3l", "usdt", "gate"),
        ("TSLAX/USDT:gate", "TSLAX/USDT", "tslax", "usdt", "gate"),
        ("FOO:gate", "FOO/USDT", "foo", "usdt", "gate"),
        ("币安人生USDT", "币安人生/USDT", "币安人生", "usdt", None),
        ("bitcoin", "BTCUSDT", "btc", "usdt", None),
        ("Internet Computer", "ICPUSDT", "icp", "usdt", None),
        ("First Neiro on Ethereum", "@neiro-first/USDT", "neiro-first", "usdt", None),
        ("NEIROCTO", "NEIROCTO/USDT", "neiro-first", "usdt", None),
    ],
)
def test_a_text_means_one_pair(text: str, symbol: str, base: str, quote: str, venue: str | None) -> None:
    """A text means one pair in any case, with any separator, and a venue's own codes count at that venue."""
    found = resolve(text, CATALOGUE, NOW)

    assert isinstance(found, Resolved), found
    assert (found.symbol, found.base.id, found.quote.id, found.venue) == (symbol, base, quote, venue)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("TUSD", {"t": "T/USD", "tusd": "TUSD/USDT"}),
        ("SUSD", {"sonic": "S/USD", "susd": "SUSD/USDT"}),
        ("NEIRO", {"neiro-first": "@neiro-first", "neiro-eth": "@neiro-eth"}),
        ("NEIROUSDT", {"neiro-first": "@neiro-first/USDT", "neiro-eth": "@neiro-eth/USDT"}),
        ("NEIRO/USD", {"neiro-first": "@neiro-first/USD", "neiro-eth": "@neiro-eth/USD"}),
    ],
)
def test_two_true_readings_are_ambiguous(text: str, readings: dict[str, str]) -> None:
    """A text with two readings is ambiguous, and each reading has its venues and an unambiguous symbol."""
    found = resolve(text, CATALOGUE, NOW)

    assert isinstance(found, Ambiguous), found
    assert {one.id: one.symbol for one in found.readings} == readings
    assert all(one.venues and one.name for one in found.readings)
    for one in found.readings:
        alone = resolve(one.symbol, CATALOGUE, NOW)
        assert isinstance(alone, Resolved)
        assert alone.base.id == one.id


@pytest.mark.parametrize(
    ("text", "now", "ratio"),
    [
        ("MKR", "SKY", 24000),
        ("MKRUSDT", "SKY", 24000),
        ("OM/USDT", "MANTRA", 4),
        ("GAL", "G", 60),
        ("OMNI", "NOM", 75),
    ],
)
def test_another_unit_is_reported(text: str, now: str, ratio: float) -> None:
    """A renamed coin with another unit is an error with its ratio, because prices are never scaled."""
    found = resolve(text, CATALOGUE, NOW)

    assert isinstance(found, Renamed)
    assert (found.rename.new, found.rename.ratio) == (now, ratio)


def test_former_units_are_served_for_their_time_and_at_their_venues() -> None:
    """A coin's former unit is available for times before the rename, and at venues that kept it."""
    early = resolve("MKR/USDT", CATALOGUE, at("2025-09-14"))
    kept = resolve("MKR/USD:kraken", CATALOGUE, NOW)

    for found in (early, kept):
        assert isinstance(found, Resolved)
        assert (found.base.id, found.asked) == ("mkr", "MKR")
        assert found.renamed is not None
        assert found.renamed.new == "SKY"


def test_a_code_that_another_coin_took_means_its_coin_of_the_time() -> None:
    """LUNA means Terra Classic before May 2022, and Terra afterwards."""
    early, late = (resolve("LUNA", CATALOGUE, at(day)) for day in ("2022-05-01", "2022-06-01"))

    assert isinstance(early, Resolved)
    assert early.base.id == "lunc"
    assert early.renamed is not None
    assert isinstance(late, Resolved)
    assert (late.base.id, late.renamed) == ("luna", None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("DOGEE", ("DOGE",)),
        ("DGOE", ("DOGE",)),
        ("DOGEEUSDT", ("DOGE/USDT",)),
        ("DOGEE/EUR", ("DOGE/EUR",)),
        ("FOO", ("FOO/USDT:gate",)),
        ("FOOUSDT", ("FOO/USDT:gate",)),
        ("FOO/USDT", ("FOO/USDT:gate",)),
        ("BTG", ("BTG/USDT:gate",)),
        ("BTC3L", ("BTC3L/USDT:gate",)),
        ("SOL/USDT:kraken", ("SOL/USDC:binance",)),
        ("LEND", ("AAVE",)),
        ("BTC/BTC", ()),
        ("BTC//USD", ()),
        ("A/B/C", ()),
        ("A" * 41, ()),
        ("", ()),
        ("@", ()),
        ("@nothing", ()),
        ("BTC:nowhere", ()),
        ("/USDT", ()),
        ("BTC\x00", ()),
    ],
)
def test_what_means_nothing_has_suggestions(text: str, meant: tuple[str, ...]) -> None:
    """An unknown text has up to five suggestions, each of which means a pair."""
    found = resolve(text, CATALOGUE, NOW)

    assert isinstance(found, Unknown), found
    assert found.did_you_mean[: len(meant)] == meant
    assert bool(found.did_you_mean) == bool(meant)
    for suggestion in found.did_you_mean:
        assert not isinstance(resolve(suggestion, CATALOGUE, NOW), Unknown)


def test_pinned_coins_need_no_listing() -> None:
    """Without a listing, all thirty pinned coins are known under every name, at every venue in the tables."""
    for name, coin in FACTS.pinned.items():
        for text in (name, f"{name}USDT", f"{name}/USD", f"{name}/EUR", f"{name}/USDT:kraken"):
            found = resolve(text, PINNED_ONLY, NOW)
            assert isinstance(found, Resolved), text
            assert found.base.id == coin
    assert isinstance(resolve("1INCH", PINNED_ONLY, NOW), Unknown)


def test_pinned_codes_mean_the_pinned_coin_whatever_is_listed() -> None:
    """A pinned code means the pinned coin, alone and with USD or USDT, whatever markets are listed."""
    catalogue = catalogue_of({"gate": "BTCUSD/USDT BTC/USDT B/USDT", "okx": "BT/CUSDT OP/USDT OPUSD/USDT"})

    for text in ("BTC", "BTCUSDT", "BTCUSD", "OP", "OPUSD"):
        found = resolve(text, catalogue, NOW)
        assert isinstance(found, Resolved)
        assert found.base.pinned


def test_a_refused_code_is_no_other_coin_at_its_venue() -> None:
    """A refused code at a venue is unknown there, although it means a coin at other venues."""
    from tests.engine.catalogue.markets import identities_of, listings_of

    listings = listings_of()
    identities = identities_of(listings)
    undone = structs.replace(identities.bindings["kraken:LUNA"], state="refused")
    identities = structs.replace(identities, bindings={**identities.bindings, "kraken:LUNA": undone})
    catalogue = build_catalogue(FACTS, identities, listings)

    assert isinstance(resolve("LUNA/USD:kraken", catalogue, NOW), Unknown)
    market = catalogue.market("kraken", "lunc", "usd")
    assert market is not None
    assert market.state == "refused"


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    """Every text has an outcome, and every resolved pair has two coins."""
    found = resolve(text, CATALOGUE, NOW)

    if isinstance(found, Resolved):
        assert found.base.id != found.quote.id


names = st.sampled_from(sorted(CATALOGUE.names.coins))


@given(names, st.sampled_from(sorted(CATALOGUE.names.quotes)), st.sampled_from("/-_"), st.booleans())
def test_a_pair_with_a_separator_is_the_coins_of_its_names(
    base: str, quote: str, separator: str, upper: bool
) -> None:
    """Any separator and case give the coins of the two names, and the answer's symbol means the same pair."""
    if separator in base or not base.replace("(", "").replace(")", "").isalnum():
        return
    text = f"{base}{separator}{quote}"
    found = resolve(text if upper else text.lower(), CATALOGUE, NOW)

    if isinstance(found, Resolved):
        assert found.base.id == CATALOGUE.names.coins[base]
        again = resolve(found.symbol, CATALOGUE, NOW)
        assert isinstance(again, Resolved)
        assert (again.base, again.quote) == (found.base, found.quote)
    else:
        assert isinstance(found, Renamed) or CATALOGUE.names.coins[base] == CATALOGUE.names.coins.get(quote)


def test_what_is_remembered_is_of_the_present() -> None:
    """A text that was resolved for now still means the coin of its time for a window of the past."""
    catalogue = catalogue_of()
    for _ in range(2):
        late, early = (resolve("LUNA", catalogue, time) for time in (NOW, at("2022-05-01")))
        assert isinstance(late, Resolved)
        assert isinstance(early, Resolved)
        assert (late.base.id, early.base.id) == ("luna", "lunc")


def test_few_texts_are_remembered() -> None:
    """The number of remembered texts is limited, whatever clients send."""
    catalogue = catalogue_of()
    for number in range(2**13):
        spelt = "".join(
            letter.upper() if number >> place & 1 else letter for place, letter in enumerate("avalanche-usdt")
        )
        resolve(spelt, catalogue, NOW)

    assert 0 < len(catalogue.remembered) <= 2000


def test_the_id_of_a_coin_that_became_another_is_known() -> None:
    """Pages of candles from before the exchange go on under it, at any time."""
    for time in (NOW, at("2025-09-01")):
        found = resolve("@mkr/USD", CATALOGUE, time)
        assert isinstance(found, Resolved)
        assert (found.base.id, found.quote.id) == ("mkr", "usd")


def test_every_suggestion_of_an_unproved_code_is_a_market_of_its_venue() -> None:
    """A venue that trades the code against other quotes only is suggested with one of these."""
    catalogue = catalogue_of({**PAIRS, "coinbase": "FOO/USD FOO/EUR BTC/USD", "okx": "FOO/USDT FOO/EUR"})

    for text in ("FOO", "FOOUSDT", "FOO/USDT"):
        found = resolve(text, catalogue, NOW)
        assert isinstance(found, Unknown)
        assert {"FOO/USDT:gate", "FOO/USDT:okx", "FOO/EUR:coinbase"} <= set(found.did_you_mean)
        for suggestion in found.did_you_mean:
            assert isinstance(resolve(suggestion, catalogue, NOW), Resolved), suggestion
    eur = resolve("FOO/EUR", catalogue, NOW)
    assert isinstance(eur, Unknown)
    assert {"FOO/EUR:coinbase", "FOO/EUR:okx"} <= set(eur.did_you_mean)


def test_a_coin_whose_venues_have_ended_its_markets_is_no_error() -> None:
    """Its code stays ambiguous, and no other coin is served under it; a name at its venue means nothing."""
    listings = listings_of()
    left = {name: one for name, one in listings.items() if name != "bybit"}
    catalogue = build_catalogue(FACTS, identities_of(listings), left)

    for text in ("NEIRO", "NEIROUSDT", "NEIRO/USDT"):
        found = resolve(text, catalogue, NOW)
        assert isinstance(found, Ambiguous), text
        assert {(one.id, bool(one.venues)) for one in found.readings} == {
            ("neiro-first", True),
            ("neiro-eth", False),
        }
    assert isinstance(resolve("NEIRO/USDT:bybit", catalogue, NOW), Unknown)
    assert isinstance(resolve("FOO:gate", build_catalogue(FACTS, identities_of(listings)), NOW), Unknown)
