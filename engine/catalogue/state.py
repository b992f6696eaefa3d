"""The state of all venues at one moment, and its changes by a new listing or look."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from engine.catalogue.building import build_catalogue
from engine.catalogue.catalogue import Catalogue
from engine.catalogue.facts import Facts
from engine.catalogue.guard import Refused, judge_listing
from engine.catalogue.identity import Candidate, Event, Identities, Look, bind, coin_prices, observe
from engine.catalogue.listings import EndedMarket, Listing, ended_markets
from engine.catalogue.pacing import Yield, paced

VOLUME_KEPT = 86_400.0
"""Seconds that the volumes of a venue that no longer answers are kept: they cover a day."""


class State(msgspec.Struct, frozen=True):
    """Each venue's last accepted listing and the refusal of a newer one, ended markets, and bindings.

    `volumes` has each market's volume of 24 hours in US dollars, `prices` the price of each coin, both of the
    last look. A venue that did not answer keeps the volumes of its own last look, whose time is in `looked`.
    `undone` is the time of the last binding that was wrong or changed.
    """

    listings: Mapping[str, Listing] = msgspec.field(default_factory=dict)
    refusals: Mapping[str, Refused] = msgspec.field(default_factory=dict)
    ended: Mapping[str, tuple[EndedMarket, ...]] = msgspec.field(default_factory=dict)
    candidates: Mapping[str, tuple[Candidate, ...]] = msgspec.field(default_factory=dict)
    identities: Identities = msgspec.field(default_factory=Identities)
    volumes: Mapping[str, float] = msgspec.field(default_factory=dict)
    prices: Mapping[str, float] = msgspec.field(default_factory=dict)
    looked: Mapping[str, float] = msgspec.field(default_factory=dict)
    undone: float = 0.0

    def with_listing(self, listing: Listing, facts: Facts) -> "State":
        """Return the state after a venue's listing, which the guard accepts or refuses."""
        venue = listing.venue
        last = self.listings.get(venue)
        judged = judge_listing(listing, last, facts.pinned, self.refusals.get(venue))
        if isinstance(judged, Refused):
            return replace(self, refusals={**self.refusals, venue: judged})
        if last and last.version == listing.version:
            listing = replace(last, time=listing.time)
        ended = ended_markets(last, listing, self.ended.get(venue, ()))
        return replace(
            self,
            listings={**self.listings, venue: listing},
            refusals={name: refused for name, refused in self.refusals.items() if name != venue},
            ended={**self.ended, venue: ended},
        )

    def with_candidates(self, source: str, coins: tuple[Candidate, ...]) -> "State":
        """Return the state after an aggregator's list of coins."""
        return replace(self, candidates={**self.candidates, source: coins})

    def bound(
        self, facts: Facts, now: float, yield_now: Yield, venue: str | None = None
    ) -> tuple["State", tuple[Event, ...]]:
        """Return the state with every listed code bound, those of one `venue` or of all.

        A venue's list concerns only its own codes. An aggregator's list concerns those of all venues.
        """
        listings = self.listings if venue is None else {venue: self.listings[venue]}
        every = (coin for coins in self.candidates.values() for coin in coins)
        identities, events = bind(self.identities, listings, every, facts, now, yield_now)
        return replace(self, identities=identities, undone=self._undone(events, now)), events

    def observed(
        self, look: Look, volumes: Mapping[str, float], yield_now: Yield
    ) -> tuple["State", tuple[Event, ...]]:
        """Return the state after a look at prices, and at volumes in US dollars by market."""
        identities, events = observe(self.identities, look, yield_now)
        prices = coin_prices(identities, look, yield_now)
        looked = {**self.looked, **{price.venue: look.time for price in look.prices}}
        recent = {venue: time for venue, time in looked.items() if look.time - time < VOLUME_KEPT}
        older = {
            key: volume
            for key, volume in paced(self.volumes.items(), yield_now)
            if recent.get(key.partition(" ")[0], look.time) < look.time
        }
        after = replace(
            self,
            identities=identities,
            volumes={**older, **volumes},
            prices=prices,
            looked=recent,
            undone=self._undone(events, look.time),
        )
        return after, events

    def _undone(self, events: Iterable[Event], now: float) -> float:
        return now if any(event.what != "proved" for event in events) else self.undone

    def shows_as(self, other: "State", yield_now: Yield) -> bool:
        """Return whether the catalogues of two states differ in nothing but their times."""
        return (
            self.listings.keys() == other.listings.keys()
            and all(one.version == other.listings[venue].version for venue, one in self.listings.items())
            and self.ended == other.ended
            and self.identities.mean_as(other.identities, yield_now)
        )

    def catalogue(self, facts: Facts, yield_now: Yield) -> Catalogue:
        """Return the catalogue of this state."""
        ended = (market for markets in self.ended.values() for market in markets)
        return build_catalogue(facts, self.identities, self.listings, ended, yield_now)
