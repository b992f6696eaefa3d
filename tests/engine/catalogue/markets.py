"""A catalogue for tests of names: eight venues with the collisions and renames of the tables."""

from engine.catalogue.building import build_catalogue
from engine.catalogue.catalogue import Catalogue
from engine.catalogue.identity import Candidate, Identities, Look, Price, Reference, bind, observe
from engine.catalogue.listings import Listing
from tests.engine.catalogue.identity.world import FACTS, gecko
from tests.engine.catalogue.listing_of import listing, market

NOW = 1_795_000_000.0
"""In November 2026."""

PAIRS = {
    "binance": "BTC/USDT ETH/USDT ETH/BTC BTC/EUR SOL/USDC EUR/USDT USDT/TRY GRAM/USDT POL/USDT UNI/USDT "
    "1INCH/USDT NEIRO/USDT BTC/USDC T/USDT TUSD/USDT PAXG/USDT SKY/USDT",
    "kraken": "XBT/USD XBT/EUR XDG/USD LUNA/USD LUNA2/USD NEIRO/USD USDT/USD EUR/USD REP/USD REPV2/USD "
    "TON/USD MKR/USD T/USD",
    "bybit": "BTC/USDT NEIRO/USDT NEIROCTO/USDT 1INCH/USDT",
    "okx": "BTC/USDT LUNA/USDT A/USDT SKY/USDT 1INCH/USDT S/USDT S/USD",
    "coinbase": "BTC/USD MANA/USD PAXG/USD OMNI/USD T/USD",
    "kucoin": "BTC/USDT 币安人生/USDT LUNC/USDT",
    "gate": "BTC/USDT BTG/USDT NEIRO/USDT BTC3L/USDT TSLAX/USDT 币安人生/USDT FOO/USDT AUSD/USDT "
    "MAN/USDT SUSD/USDT",
    "bitstamp": "BTC/USD GBP/USD PAX/USD",
}
NAMES = {
    "MANA": "Decentraland",
    "PAXG": "PAX Gold",
    "T": "Threshold",
    "TSLAX": "Tesla xStock",
    "1INCH": "1inch",
    "SUSD": "sUSD",
    "AUSD": "AUSD",
    "MAN": "Matrix AI",
    "币安人生": "币安人生",
}
TICKS = {("ETH", "BTC"): 1e-5}
CONTRACTS = {code: (f"eip155:1/{code.lower()}",) for code in NAMES if code != "TSLAX"}
CANDIDATES: list[Candidate] = [
    gecko(f"{code.lower()}-id", code, name, 700, *CONTRACTS.get(code, ())) for code, name in NAMES.items()
]
PRICES = {"LUNA2": 0.1, "LUNA": 0.1, "LUNC": 0.00005, "NEIROCTO": 0.00006, "NEIRO": 0.00006}
ODD = {("kraken", "LUNA"): 0.00005, ("bybit", "NEIRO"): 0.03}


def listings_of(pairs: dict[str, str] = PAIRS) -> dict[str, Listing]:
    """Return the listings of all venues."""
    return {
        venue: listing(
            venue,
            [
                market(
                    venue,
                    base,
                    quote,
                    f"{base}{quote}",
                    name=NAMES.get(base),
                    tick=TICKS.get((base, quote)),
                    contracts=CONTRACTS.get(base, ()),
                )
                for base, quote in (one.split("/") for one in texts.split())
            ],
            NOW,
        )
        for venue, texts in pairs.items()
    }


def identities_of(listings: dict[str, Listing]) -> Identities:
    """Return the bindings after a few observations of prices."""
    identities, _ = bind(Identities(), listings, CANDIDATES, FACTS, NOW)
    keys = [(one.venue, one.code) for one in identities.bindings.values() if one.kind != "fiat"]
    for number in range(1, 10):
        prices = [
            Price(venue, code, ODD.get((venue, code), PRICES.get(code, 7.0)), 1e6) for venue, code in keys
        ]
        look = Look(NOW + 30 * number, tuple(prices), (Reference("luna", 0.1),))
        identities, _ = observe(identities, look)
    return identities


def catalogue_of(pairs: dict[str, str] = PAIRS) -> Catalogue:
    """Return the catalogue of some venues."""
    listings = listings_of(pairs)
    return build_catalogue(FACTS, identities_of(listings), listings)
