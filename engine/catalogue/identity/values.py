"""The values for proofs of identity. All can be stored: texts, numbers, tuples and dicts."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from engine.catalogue.coins import Coin
from engine.catalogue.kinds import Kind
from engine.catalogue.pacing import Yield, paced

BindingState = Literal["pinned", "proved", "tentative", "ambiguous", "refused"]
SERVED: frozenset[BindingState] = frozenset({"pinned", "proved"})
"""States in which a binding counts for its coin."""


class Price(msgspec.Struct, frozen=True, gc=False):
    """The price of a venue's code in US dollars, and its volume of 24 hours in dollars, if known."""

    venue: str
    code: str
    usd: float
    volume: float | None = None


class Reference(msgspec.Struct, frozen=True):
    """An aggregator's price of a coin, by the engine's id of the coin."""

    coin: str
    usd: float
    rank: int | None = None


class Look(msgspec.Struct, frozen=True):
    """Prices of one moment (Unix seconds), from all venues that answered."""

    time: float
    prices: tuple[Price, ...]
    references: tuple[Reference, ...] = ()


class Agreement(msgspec.Struct, frozen=True, gc=False):
    """How long a code's price has agreed with its coin's.

    For codes whose name agrees too, `looks` is the number of agreeing looks in a row since `first`. For codes
    without a name, `marks` is how many of the marks at 0, 4 and 24 hours after `start` were passed.
    """

    looks: int = 0
    first: float = 0.0
    marks: int = 0
    start: float = 0.0


UNSEEN = Agreement()


class Binding(msgspec.Struct, frozen=True, gc=False):
    """The meaning of a venue's code: a coin, the evidence, and the time (Unix seconds) of the last change.

    `name` is the venue's name for it, and `named` whether that is the coin's. `seen` is the time of the last
    listing with the code, to a day. In the last `strayed` looks the price was another coin's. `doubts` has a
    coin once for each look that showed that it is not this code's.
    """

    venue: str
    code: str
    coin: str
    kind: Kind
    state: BindingState
    since: float
    seen: float
    evidence: tuple[str, ...] = ()
    name: str | None = None
    named: bool = False
    agreement: Agreement = UNSEEN
    strayed: int = 0
    doubts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return its key in the state."""
        return key_of(self.venue, self.code)

    @property
    def served(self) -> bool:
        """Return whether it counts for its coin."""
        return self.state in SERVED

    def means_as(self, other: "Binding | None") -> bool:
        """Return whether two bindings of a code look the same in a catalogue."""
        return other is self or (
            other is not None
            and (self.coin, self.state, self.named, self.doubts)
            == (other.coin, other.state, other.named, other.doubts)
        )


def key_of(venue: str, code: str) -> str:
    """Return the key of a venue's folded code."""
    return f"{venue}:{code}"


class Event(msgspec.Struct, frozen=True):
    """A change of a binding that operators should know, with the likely ratio of a new unit."""

    what: Literal["proved", "unbound", "rebound"]
    venue: str
    code: str
    coin: str
    ratio: float | None = None


class Identities(msgspec.Struct, frozen=True):
    """All bindings by key, all coins by id, the coin that owns a bare code, and the time of the last look."""

    bindings: Mapping[str, Binding] = msgspec.field(default_factory=dict)
    coins: Mapping[str, Coin] = msgspec.field(default_factory=dict)
    owners: Mapping[str, str] = msgspec.field(default_factory=dict)
    looked: float = 0.0

    @property
    def is_sound(self) -> bool:
        """Whether each binding is to a coin that is known."""
        return all(one.coin in self.coins for one in self.bindings.values())

    def mean_as(self, other: "Identities", yield_now: Yield) -> bool:
        """Return whether two states of all bindings look the same in a catalogue."""
        return (
            self.bindings.keys() == other.bindings.keys()
            and self.owners == other.owners
            and self.coins == other.coins
            and all(one.means_as(other.bindings[key]) for key, one in paced(self.bindings.items(), yield_now))
        )
