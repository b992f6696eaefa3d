"""A few venues with prices, described in short form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.catalogue.facts import Facts, read_facts
from engine.catalogue.identity import (
    Binding,
    Candidate,
    Event,
    Identities,
    Look,
    Price,
    Reference,
    bind,
    observe,
)
from engine.catalogue.listings import Market
from tests.engine.catalogue.listing_of import listing, market

FACTS = read_facts()
HOUR = 3600.0
RICH = 1_000_000.0


@dataclass
class World:
    """Bindings over time. Venues and codes are written as `okx:FOO`."""

    facts: Facts = FACTS
    identities: Identities = field(default_factory=Identities)
    now: float = 1_000_000.0
    events: list[Event] = field(default_factory=list)

    def bind(self, codes: str | Iterable[Market], candidates: Iterable[Candidate] = ()) -> None:
        """Bind codes, such as `gate:BTG=Openverse_Network` with a name, or markets."""
        rows = [_market(one) for one in codes.split()] if isinstance(codes, str) else list(codes)
        venues = dict.fromkeys(row.venue for row in rows)
        listings = {
            venue: listing(venue, [row for row in rows if row.venue == venue], self.now) for venue in venues
        }
        self.identities, events = bind(self.identities, listings, candidates, self.facts, self.now)
        self.events += events

    def look(
        self,
        prices: Mapping[str, float],
        seconds: float = 20.0,
        volume: float | None = RICH,
        references: Mapping[str, float] | None = None,
        rank: int | None = None,
    ) -> None:
        """Let time pass, then observe the prices of codes and the aggregators' prices of coins by id."""
        self.now += seconds
        rows = tuple(Price(venue, code, usd, volume) for (venue, code), usd in _keyed(prices))
        known = tuple(Reference(coin, usd, rank) for coin, usd in (references or {}).items())
        self.identities, events = observe(self.identities, Look(self.now, rows, known))
        self.events += events

    def __getitem__(self, key: str) -> Binding:
        """Return the binding of `okx:FOO`."""
        return self.identities.bindings[key]

    def coin_and_state(self, key: str) -> tuple[str, str]:
        """Return the coin and the state of a binding."""
        return self[key].coin, self[key].state


def _keyed(prices: Mapping[str, float]) -> list[tuple[list[str], float]]:
    return [(key.split(":"), usd) for key, usd in prices.items()]


def _market(text: str) -> Market:
    code, _, name = text.partition("=")
    venue, base = code.split(":")
    return market(venue, base, name=name.replace("_", " ") or None)


def gecko(id_: str, code: str, name: str, rank: int | None = None, *contracts: str) -> Candidate:
    """Return a coin of CoinGecko's list."""
    return Candidate("coingecko", id_, code, name, rank, contracts)
