"""A file with the proofs of a catalogue, so that the next start has them without a network.

It has listings and bindings with their times. Prices and ranks would be outdated, and are left out.
"""

import gzip
from pathlib import Path

import msgspec

from engine.catalogue.identity import Identities
from engine.catalogue.listings import Listing
from engine.catalogue.state import State

OLD = 180 * 86_400.0
"""Seconds after which facts and snapshots count as old: one coin in a hundred is renamed each year."""
FORMAT = 1
LARGEST = 64 * 1024 * 1024
"""Maximum bytes of a file to read."""


class UnreadableSnapshot(Exception):
    """A file that is missing, damaged or of another version of the engine."""


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file. Each listing has its venue and time, each binding its evidence and time."""

    format: int
    time: float
    listings: dict[str, Listing]
    identities: Identities

    @property
    def state(self) -> State:
        """Return the state that a catalogue begins with."""
        return State(listings=self.listings, identities=self.identities)


def snapshot_of(state: State, time: float) -> Snapshot:
    """Return the proofs in `state`, without codes in doubt and without coins that no venue lists."""
    bindings = {key: one for key, one in state.identities.bindings.items() if one.served}
    used = {one.coin for one in bindings.values()} | set(state.identities.owners.values())
    coins = {
        id_: msgspec.structs.replace(coin, rank=None)
        for id_, coin in state.identities.coins.items()
        if id_ in used
    }
    identities = Identities(bindings, coins, dict(state.identities.owners))
    return Snapshot(FORMAT, time, dict(state.listings), identities)


def write_snapshot(snapshot: Snapshot, path: Path) -> int:
    """Write a file in one step, and return its bytes. Raises `OSError`."""
    packed = gzip.compress(msgspec.json.encode(snapshot), mtime=0)
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(packed)
    new.replace(path)
    return len(packed)


def read_snapshot(path: Path) -> Snapshot:
    """Read a file. Raises `UnreadableSnapshot`."""
    try:
        with gzip.open(path) as file:
            text = file.read(LARGEST)
        snapshot = msgspec.json.decode(text, type=Snapshot)
    except (OSError, EOFError, msgspec.MsgspecError) as error:
        raise UnreadableSnapshot(f"{path}: {type(error).__name__}") from error
    known = snapshot.identities.coins.keys()
    if snapshot.format != FORMAT or any(it.coin not in known for it in snapshot.identities.bindings.values()):
        raise UnreadableSnapshot(f"{path}: of another version")
    return snapshot
