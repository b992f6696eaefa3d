"""The report on the catalogue for operators: its size, its ages, and refused listings."""

from collections.abc import Iterator

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.listings import Listing
from engine.catalogue.snapshot import OLD
from engine.timestamps import iso

DAY = 86_400.0


def report(current: CurrentCatalogue) -> dict[str, object]:
    """Return the size of the catalogue, the ages of its parts, and the reasons of refused listings."""
    catalogue, refusals = current.catalogue, current.state.refusals
    return {
        "asOf": _iso(catalogue.as_of),
        "factsAsOf": iso(current.facts.as_of),
        "snapshot": _iso(current.snapshot_time),
        "coins": len(catalogue.coins),
        "markets": len(catalogue.markets),
        "venues": {name: _venue(listing, current) for name, listing in current.state.listings.items()},
        "refused": {venue: refused.reason for venue, refused in refusals.items()},
    }


def warnings(current: CurrentCatalogue, now: float) -> Iterator[str]:
    """Yield a warning for facts or a snapshot that are too old at `now` (Unix seconds)."""
    if now - current.facts.as_of > OLD:
        days = (now - current.facts.as_of) / DAY
        yield f"the facts about coins and renames are {days:.0f} days old; a newer version has newer ones"
    if current.snapshot_time is not None and now - current.snapshot_time > OLD:
        days = (now - current.snapshot_time) / DAY
        yield f"the snapshot of the catalogue is {days:.0f} days old; build a new one with make snapshot"


def _venue(listing: Listing, current: CurrentCatalogue) -> dict[str, object]:
    return {
        "markets": len(listing.markets),
        "listed": iso(listing.time),
        "priced": _iso(current.state.looked.get(listing.venue)),
    }


def _iso(time: float | None) -> str | None:
    return None if time is None else iso(time)
