"""A catalogue for an application, without requests to venues."""

from flask.testing import FlaskClient

from engine.catalogue.pacing import never
from engine.catalogue.state import State
from engine.web.services import services_of
from tests.engine.catalogue.markets import CANDIDATES, PAIRS, identities_of, listings_of


def ask_venues(client: FlaskClient) -> None:
    """Let the application ask its venues for their markets and prices, as its background job does."""
    while services_of(client.application).cataloguing.tick():
        pass


def give_catalogue(client: FlaskClient, pairs: dict[str, str] = PAIRS) -> None:
    """Give the application the catalogue that tests of names use."""
    listings = listings_of(pairs)
    state = State(
        listings=listings, candidates={"coingecko": tuple(CANDIDATES)}, identities=identities_of(listings)
    )
    services_of(client.application).catalogue.replace(state, never)
