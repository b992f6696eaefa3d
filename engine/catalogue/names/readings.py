"""The possible meanings of an ambiguous text, as clients receive them."""

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.names.bases import Base, base_of
from engine.catalogue.outcomes import Reading


def coin_reading(id_: str, quote: str | None, catalogue: Catalogue) -> Reading:
    """Return the reading of a coin. Its symbol is the code if that means this coin, else the id."""
    listed = catalogue.coin_by_id[id_]
    coin = listed.coin
    if catalogue.names.coins.get(coin.code) == id_:
        return Reading(id_, coin.name or coin.code, listed.venues, f"{coin.code}/{quote or 'USDT'}")
    return Reading(id_, coin.name or coin.code, listed.venues, f"@{id_}/{quote}" if quote else f"@{id_}")


def pair_reading(base: str, quote: str, catalogue: Catalogue, at: float) -> Reading | None:
    """Return the reading of a pair, with the venues that list it."""
    found, priced = base_of(base, catalogue, at), base_of(quote, catalogue, at)
    if not isinstance(found, Base) or not isinstance(priced, Base):
        return None
    venues = dict.fromkeys(market.venue for market in catalogue.served(found.coin.id, priced.coin.id))
    return Reading(found.coin.id, found.coin.name or found.coin.code, tuple(venues), f"{base}/{quote}")
