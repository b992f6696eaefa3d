"""The one name of a market without a separator, which means no other pair and no other coin."""

from collections import Counter

import pytest

from engine.catalogue.building import build_catalogue
from engine.catalogue.joined import joined_market, joined_markets
from engine.catalogue.listings import Listing
from providers import ASSETS
from tests.engine.catalogue.identity.world import FACTS
from tests.engine.catalogue.listing_of import listing, market
from tests.engine.catalogue.markets import NOW, PAIRS, catalogue_of, identities_of

CATALOGUE = catalogue_of()
EVERY = {it.symbol: it for it in joined_markets(CATALOGUE)}


def test_every_pair_that_is_served_has_one_name() -> None:
    """A name is a base and a quote, is unique, and means the pair that it lists."""
    names = Counter(it.symbol for it in joined_markets(CATALOGUE))

    assert set(names.values()) == {1}
    assert {"ETHBTC", "BTCEUR", "SOLUSDC", "EURUSDT", "USDTTRY", "币安人生USDT", "MANAUSD"} <= set(names)
    for symbol, it in EVERY.items():
        assert symbol == it.code + it.quote.code
        assert joined_market(symbol, CATALOGUE) == it
        assert it.base.pinned or CATALOGUE.served(it.base.id, it.quote.id)


def test_pinned_coins_against_tether_need_no_listing() -> None:
    """Pinned coins against tether come first in their usual order, and need no listing."""
    without = [it.symbol for it in joined_markets(build_catalogue(FACTS))]

    assert without == [f"{asset.code}USDT" for asset in ASSETS]
    assert list(EVERY)[: len(ASSETS)] == without


@pytest.mark.parametrize(
    ("symbol", "base"),
    [
        ("TUSD", "t"),  # T against USD; the coin TUSD alone is no market
        ("TUSDUSDT", "tusd"),
        ("LUNCUSD", "lunc"),  # Kraken's LUNA
        ("REPUSD", "rep"),  # Kraken's REPV2
        ("GRAMUSDT", "ton"),
        ("MATICUSDT", "pol"),
    ],
)
def test_a_name_means_the_coin_that_owns_its_code(symbol: str, base: str) -> None:
    """A name means the coin that owns its code, whatever the venues call it."""
    found = joined_market(symbol, CATALOGUE)

    assert found is not None
    assert found.base.id == base


@pytest.mark.parametrize("symbol", ["FOOUSDT", "NEIROUSDT", "XBTUSDT", "BTC", "ETHUSD", "BTCBTC", "BTC/USDT"])
def test_what_is_not_served_has_no_name(symbol: str) -> None:
    """An unproved or shared code, another spelling, a coin alone and a pair without a market have no name."""
    assert joined_market(symbol, CATALOGUE) is None
    assert symbol not in EVERY


def test_two_pairs_of_one_name_have_none() -> None:
    """Two pairs of one name have none, such as MANA/USD and MAN/AUSD, and a pinned coin keeps its name."""
    pairs = {**PAIRS, "gate": f"{PAIRS['gate']} MAN/AUSD"}
    catalogue = catalogue_of(pairs)

    assert catalogue.served("man", "ausd")
    assert catalogue.served("mana", "usd")
    assert joined_market("MANAUSD", catalogue) is None
    assert "MANAUSD" not in {it.symbol for it in joined_markets(catalogue)}


def test_the_step_of_a_price_is_that_of_one_venue() -> None:
    """The step of a price is that of the first venue with its market, as its own listing says."""
    listings: dict[str, Listing] = {
        "okx": listing("okx", [market("okx", "BTC", tick=0.1), market("okx", "ETH")], NOW),
        "gate": listing("gate", [market("gate", "BTC", tick=0.01)], NOW),
    }
    catalogue = build_catalogue(FACTS, identities_of(listings), listings)
    ticks = {it.symbol: it.tick for it in joined_markets(catalogue)}

    assert (ticks["BTCUSDT"], ticks["ETHUSDT"]) == (0.1, None)
