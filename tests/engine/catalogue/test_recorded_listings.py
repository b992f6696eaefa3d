"""Recorded listings give no wrong coin, for all known collisions and renames.

The recordings are outside of the checkout. Without them, these tests are skipped.
"""

import csv
import re
from itertools import chain

import pytest

from engine.catalogue.building import build_catalogue
from engine.catalogue.folding import fold
from engine.catalogue.identity import Identities, bind
from engine.catalogue.listings import Listing
from engine.catalogue.names import Renamed, Resolved, resolve
from tests.engine.catalogue.identity.world import FACTS, HOUR, World, gecko
from tests.engine.catalogue.markets import NOW
from tests.engine.catalogue.recorded_listings import LISTINGS, READERS, coingecko

if not LISTINGS.is_dir():
    pytest.skip("no recorded listings on this machine", allow_module_level=True)

TRUE = {
    ("coinbase", "ALT"): "alt-altlayer",
    ("coinbase", "CGLD"): "celo",
    ("coinbase", "OMNI"): "omni",
    ("coinbase", "PAX"): "usdp",
    ("gate", "BIFI"): "bitcoinfile",
    ("gate", "BTG"): "btg-openverse",
    ("gate", "ELON"): "elon-echelon",
    ("gate", "LUNA"): "luna",
    ("gate", "LUNC"): "lunc",
    ("gate", "NEIRO"): "neiro-first",
    ("kraken", "BTT"): "btt",
    ("kraken", "LUNA"): "lunc",
    ("kraken", "MANTRA"): "mantra",
    ("kraken", "NANO"): "xno",
    ("kraken", "NEIRO"): "neiro-first",
    ("kraken", "REP"): "repv1",
    ("kraken", "REPV2"): "rep",
    ("kraken", "S"): "sonic",
    ("kucoin", "A"): "vaulta",
    ("kucoin", "BSV"): "bsv",
    ("kucoin", "KALT"): "alt-altlayer",
    ("kucoin", "LUNA"): "luna",
    ("kucoin", "LUNC"): "lunc",
    ("kucoin", "NEIROCTO"): "neiro-first",
    ("okx", "A"): "vaulta",
    ("okx", "LUNA"): "luna",
    ("okx", "S"): "sonic",
    ("okx", "SKY"): "sky",
}
"""What venues mean by codes that several coins share, by their own word and the prices of the day."""
OLD = {("binance", "LUNA"), ("binance", "BTT"), ("binance", "IOTA")}
"""What was recorded before these codes changed their meaning."""
LISTED = {
    listing.venue: listing
    for rows in (list(reader()) for reader in READERS)
    for listing in (Listing.of(rows[0].venue, NOW, rows),)
}
IDENTITIES, _ = bind(Identities(), LISTED, list(coingecko()), FACTS, NOW)
CATALOGUE = build_catalogue(FACTS, IDENTITIES, LISTED)


def rows_of(table: str) -> list[dict[str, str]]:
    """Return the rows of a table beside the recordings."""
    return list(csv.DictReader((LISTINGS.parent / table).read_text("utf-8").splitlines()))


def codes_in(text: str) -> list[str]:
    """Return the codes of a cell that has several: `AUSD / CRVUSD`, `BTT (old)`, `BTM CMT KNC`."""
    return [fold(code) for code in re.sub(r"\(.*?\)", " ", text).replace("/", " ").split()]


COLLISIONS = [code for row in rows_of("collisions.csv") for code in codes_in(row["ticker"])]
RENAMES = rows_of("renames.csv")
SHARED = {*COLLISIONS, *chain.from_iterable(codes_in(f"{row['old']} {row['new']}") for row in RENAMES)}


def test_every_listing_was_read() -> None:
    """All eight venues are read, with rows that trade and rows that do not."""
    assert len(LISTED) == 8
    assert sum(len(listing.markets) for listing in LISTED.values()) > 120
    assert sum(len(listing.trading) for listing in LISTED.values()) > 100


def test_no_shared_code_has_a_wrong_coin() -> None:
    """A code in either table has its venue's meaning, or is not served."""
    wrong = {}
    for binding in IDENTITIES.bindings.values():
        key = binding.venue, binding.code
        if binding.code not in SHARED or not binding.served or key in OLD:
            continue
        pegged = binding.code.lower() if binding.kind in ("stable", "wrapped") else None
        if binding.coin != TRUE.get(key, FACTS.pinned.get(binding.code, pegged)):
            wrong[key] = binding.coin
    assert wrong == {}


def test_true_codes_are_served() -> None:
    """A reviewed code is served without prices."""
    for (venue, code), coin in TRUE.items():
        assert IDENTITIES.bindings[f"{venue}:{code}"].coin == coin, (venue, code)
        assert IDENTITIES.bindings[f"{venue}:{code}"].served, (venue, code)


def test_pinned_coins_are_bound_at_every_venue() -> None:
    """Pinned coins are bound at every venue under the venue's code."""
    assert {market.venue for market in CATALOGUE.of_coin("btc")} == set(LISTED)
    assert {market.native for market in CATALOGUE.of_coin("ton")} == {
        "TON-USD",
        "TON_USDT",
        "TON/USD",
        "TON-USDT",
    }


def test_kucoin_is_asked_under_the_name_that_it_kept() -> None:
    """KuCoin is asked under the native name that it kept, while the code is the new one."""
    natives = {market.base.code: market.native for market in CATALOGUE.markets if market.venue == "kucoin"}

    assert natives["BSV"] == "BCHSV-USDT"
    assert natives["WAXP"] == "WAX-USDT"
    assert natives["GALA"] == "GALAX-USDT"
    assert natives["币安人生"] == "BNRENSHENG-USDT"


def test_kinds_are_separate_from_coins() -> None:
    """Leveraged tokens, stock tokens, stablecoins, fiat and wrapped coins are separate from coins."""
    kinds = {(one.venue, one.code): one.kind for one in IDENTITIES.bindings.values()}

    assert kinds["gate", "BTC3L"] == kinds["gate", "ETH3S"] == "leveraged"
    assert kinds["gate", "TSLAX"] == kinds["gate", "TSLAON"] == "stock"
    assert kinds["okx", "STETH"] == kinds["okx", "BETH"] == kinds["coinbase", "CBETH"] == "wrapped"
    assert kinds["kraken", "EUR"] == kinds["binance", "TRY"] == "fiat"
    assert kinds["kucoin", "USDE"] == "stable"


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("code", sorted(set(COLLISIONS) - set(FACTS.pinned)))
def test_two_coins_under_a_code_are_never_one(code: str) -> None:
    """A code that means two coins is split by a day of prices, and is never guessed."""
    venues = ("v1", "v2", "v3", "v4", "v5")
    world = World()
    world.bind(" ".join(f"{venue}:{code}" for venue in venues), [gecko("one", code, "One", 300)])
    for number in range(60):
        first, second = 20.0 + number / 10, 3.0 + number / 50
        prices = {f"{venue}:{code}": first if venue in venues[:3] else second for venue in venues}
        world.look(prices, HOUR if number > 5 else 20.0)
    bound = [world[f"{venue}:{code}"] for venue in venues]
    of_first = {one.coin for one in bound[:3] if one.state != "refused"}
    of_second = {one.coin for one in bound[3:] if one.state != "refused"}

    assert of_first
    assert not of_first & of_second
    assert world.identities.owners.get(code) not in of_second


def test_the_tables_and_listings_are_not_empty() -> None:
    """The tables have all of their rows, and the listings serve codes of them."""
    shared = [one for one in IDENTITIES.bindings.values() if one.code in SHARED and one.served]

    assert len(rows_of("collisions.csv")) >= 64
    assert len(RENAMES) >= 54
    assert len(shared) >= 50
    assert all(codes_in(row["ticker"]) for row in rows_of("collisions.csv"))


@pytest.mark.parametrize("code", sorted(set(COLLISIONS) & set(FACTS.pinned)))
def test_another_coin_under_a_pinned_code_is_not_served(code: str) -> None:
    """Venues whose price is another coin's are left out, and the pinned coin keeps its code."""
    world = World()
    venues = ("v1", "v2", "v3", "v4", "v5")
    world.bind(" ".join(f"{venue}:{code}" for venue in venues))
    for number in range(6):
        prices = {f"{venue}:{code}": 20.0 if venue in venues[:3] else 3.0 for venue in venues}
        world.look({key: price + number / 10 for key, price in prices.items()})
    states = {venue: world[f"{venue}:{code}"].state for venue in venues}

    assert [states[venue] for venue in venues[:3]] == ["pinned"] * 3
    assert [states[venue] for venue in venues[3:]] == ["refused"] * 2
    assert world.identities.owners.get(code, FACTS.pinned[code]) == FACTS.pinned[code]


@pytest.mark.parametrize("row", RENAMES, ids=lambda row: f"{row['old']}-{row['new']}")
def test_two_codes_are_one_coin_only_where_a_fact_says_so(row: dict[str, str]) -> None:
    """Venues trade both codes at one price for days: that alone never makes a coin of two."""
    (old, *_), (new, *_) = codes_in(row["old"]), codes_in(row["new"])
    known = {name for rename in FACTS.renames if rename.one_to_one for name in (rename.old, rename.new)}
    world = World()
    world.bind(f"v1:{new} v2:{new} v3:{new} v4:{old} v5:{old}")
    for number in range(60):
        price = 20.0 + number / 10
        codes = {"v1": new, "v2": new, "v3": new, "v4": old, "v5": old}
        world.look({f"{venue}:{code}": price for venue, code in codes.items()}, HOUR if number > 5 else 20.0)
    first, second = world[f"v1:{new}"].coin, world[f"v4:{old}"].coin

    assert world[f"v1:{new}"].served or world[f"v1:{new}"].kind != "coin"
    if first == second and old != new:
        assert {old, new} <= known or {old, new} <= FACTS.everywhere.keys()


@pytest.mark.parametrize("row", RENAMES, ids=lambda row: f"{row['old']}-{row['new']}")
def test_no_rename_scales_in_silence(row: dict[str, str]) -> None:
    """An old code means its new coin only at a ratio of one; otherwise it is renamed, unknown or the same."""
    (old, *_), new = codes_in(row["old"]), (codes_in(row["new"]) or [""])[0]
    found, present = resolve(old, CATALOGUE, NOW), resolve(new, CATALOGUE, NOW)
    one = re.match(r"1(\s|$)", row["ratio"]) is not None and "unverified" not in row["ratio"]
    if isinstance(found, Renamed):
        assert not one
        assert found.rename.new == new
    elif isinstance(found, Resolved) and isinstance(present, Resolved) and old != new:
        if found.base.id == present.base.id:
            assert one
        else:
            assert found.base.code == old or old in found.base.aliases
