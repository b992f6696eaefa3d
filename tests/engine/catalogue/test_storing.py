"""The catalogue survives a restart."""

import pytest

from engine.catalogue.building import build_catalogue
from engine.catalogue.guard import Refused
from engine.catalogue.identity import Identities
from engine.catalogue.listings import EndedMarket, Listing
from engine.store._codec import decode, encode
from tests.engine.catalogue.identity.world import FACTS
from tests.engine.catalogue.listing_of import listing_of, market
from tests.engine.catalogue.markets import identities_of, listings_of

LISTINGS = listings_of()
IDENTITIES = identities_of(LISTINGS)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (IDENTITIES, Identities),
        (listing_of("okx", ["BTC", "币安人生"], 1.5), Listing),
        (Refused("pinned coins lost", "ab12", 1.5), Refused),
        ((EndedMarket(market("okx", "TON", since=1, tick=0.1), 2.5),), tuple[EndedMarket, ...]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_store_gives_back_what_it_was_given(value: object, kind: object) -> None:
    """The store returns a value as it was, in the store's own format, without executing anything."""
    assert decode(encode(value), kind) == value


def test_a_catalogue_is_the_same_after_a_restart() -> None:
    """A stored catalogue has its bindings, owners of codes and versions after a restart."""
    before = build_catalogue(FACTS, IDENTITIES, LISTINGS)
    after = build_catalogue(FACTS, decode(encode(IDENTITIES), Identities), LISTINGS)

    assert after == before
