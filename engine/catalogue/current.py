"""The current catalogue, which all workers with the same store share."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec
from msgspec import structs

from engine.catalogue.facts import Facts
from engine.catalogue.guard import Refused
from engine.catalogue.identity import Candidate, Identities
from engine.catalogue.listings import EndedMarket, Listing
from engine.catalogue.pacing import never
from engine.catalogue.searching import Search
from engine.catalogue.snapshot import Snapshot
from engine.catalogue.state import State
from engine.store import Store
from engine.timestamps import can_be

KEPT = 30 * 86_400.0
"""Seconds that the state is kept, so that it survives restarts."""
VERSION = "catalogue:version"
"""Key of a value that changes with the state."""


class VenueState(msgspec.Struct, frozen=True):
    """The stored state of one venue."""

    listing: Listing
    ended: tuple[EndedMarket, ...] = ()
    refusal: Refused | None = None

    @property
    def is_sound(self) -> bool:
        """Whether its times are possible."""
        ended = self.ended
        listed = (*self.listing.markets, *(one.market for one in ended))
        return (
            can_be(self.listing.time)
            and all(can_be(one.since) for one in ended)
            and all(one.since is None or can_be(one.since / 1000) for one in listed)
        )


class CurrentCatalogue:
    """Holds the catalogue and its state, which other workers read from `store`."""

    def __init__(
        self, store: Store, facts: Facts, snapshot: Snapshot | None = None, *, strict: bool = False
    ) -> None:
        self._store = store
        self._version: str | None = None
        self.facts = facts
        self.strict = strict
        """Whether a code of several coins is refused even if one of them owns it."""
        self.snapshot_time = snapshot.time if snapshot else None
        """The time of the snapshot that it began with, `None` without one."""
        self.state = snapshot.state if snapshot else State()
        self.catalogue = self.state.catalogue(facts, never)
        self.search = Search.of(self.catalogue)

    def replace(self, state: State, yield_now: Callable[[], None]) -> None:
        """Make `state` the current one, and store its changes for other workers."""
        before, search = self.state, self.search
        if state.shows_as(before, yield_now):
            as_of = min((listing.time for listing in state.listings.values()), default=None)
            search = structs.replace(search, catalogue=replace(self.catalogue, as_of=as_of))
        else:
            search = Search.of(state.catalogue(self.facts, yield_now), yield_now)
        self.state, self.catalogue, self.search = state, search.catalogue, search
        if not self._store.is_shared:
            return
        for venue, listing in state.listings.items():
            kept = VenueState(listing, state.ended.get(venue, ()), state.refusals.get(venue))
            if kept != VenueState(listing, before.ended.get(venue, ()), before.refusals.get(venue)) or (
                before.listings.get(venue) is not listing
            ):
                self._store.set(f"catalogue:venue:{venue}", kept, KEPT)
        for source, coins in state.candidates.items():
            if before.candidates.get(source) is not coins:
                self._store.set(f"catalogue:coins:{source}", coins, KEPT)
        if before.identities is not state.identities:
            self._store.set("catalogue:identities", state.identities, KEPT)
        if before.volumes is not state.volumes:
            self._store.set("catalogue:volumes", dict(state.volumes), KEPT)
            self._store.set("catalogue:prices", dict(state.prices), KEPT)
            self._store.set("catalogue:looked", dict(state.looked), KEPT)
        if before.undone != state.undone:
            self._store.set("catalogue:undone", state.undone, KEPT)
        names = ",".join([*state.listings, "", *state.candidates])
        listed = max((listing.time for listing in state.listings.values()), default=0.0)
        self._version = f"{search.catalogue.version} {state.identities.looked} {listed} {names}"
        self._store.set(VERSION, self._version, KEPT)

    def adopt(self, yield_now: Callable[[], None]) -> bool:
        """Take over the state that another worker or an earlier start stored. Return whether it is new."""
        version = self._store.get(VERSION, str, _is_version) if self._store.is_shared else None
        if version is None or version == self._version:
            return False
        venues, _, sources = version.rpartition(" ")[2].partition(",,")
        self.state = self._kept(venues.split(","), sources.split(","))
        yield_now()
        self.catalogue = self.state.catalogue(self.facts, yield_now)
        self.search = Search.of(self.catalogue, yield_now)
        self._version = version
        return True

    def _kept(self, venues: list[str], sources: list[str]) -> State:
        found = {name: self._store.get(f"catalogue:venue:{name}", VenueState) for name in venues}
        known = {name: state for name, state in found.items() if state is not None}
        coins = {name: self._store.get(f"catalogue:coins:{name}", tuple[Candidate, ...]) for name in sources}
        return State(
            listings={name: state.listing for name, state in known.items()},
            refusals={name: state.refusal for name, state in known.items() if state.refusal is not None},
            ended={name: state.ended for name, state in known.items()},
            candidates={name: listed for name, listed in coins.items() if listed is not None},
            identities=self._store.get("catalogue:identities", Identities) or Identities(),
            volumes=self._store.get("catalogue:volumes", dict[str, float]) or {},
            prices=self._store.get("catalogue:prices", dict[str, float]) or {},
            looked=self._store.get("catalogue:looked", dict[str, float], _are_times) or {},
            undone=self._store.get("catalogue:undone", float, can_be) or 0.0,
        )


def _is_version(text: str) -> bool:
    """Return whether a text has the parts of a version: what is in the catalogue, two times and all names."""
    return text.count(" ") == 3


def _are_times(looked: Mapping[str, float]) -> bool:
    return all(map(can_be, looked.values()))
