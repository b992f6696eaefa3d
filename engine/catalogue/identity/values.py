"""The values that identity is proved with. All of them can be stored: texts, numbers, tuples and dicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.catalogue.coins import Coin
from engine.catalogue.kinds import Kind

BindingState = Literal["pinned", "proved", "tentative", "ambiguous", "refused"]
SERVED: frozenset[BindingState] = frozenset({"pinned", "proved"})
"""States in which a binding counts for its coin."""


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a venue's code in US dollars, and its dollars of volume in 24 hours where known."""

    venue: str
    code: str
    usd: float
    volume: float | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """An aggregator's price of a coin, by the engine's id of the coin."""

    coin: str
    usd: float
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Prices of one moment (Unix seconds), of as many venues as answered."""

    time: float
    prices: tuple[Price, ...]
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """How long a code's price has agreed with its coin's.

    `looks` agreed in a row since `first`, for codes whose name agrees too. `marks` of 0, 4 and 24 hours after
    `start` were passed, for codes without a name.
    """

    looks: int = 0
    first: float = 0.0
    marks: int = 0
    start: float = 0.0


UNSEEN = Agreement()


@dataclass(frozen=True, slots=True)
class Binding:
    """What a venue's code means: a coin, with what proves it, and since when (Unix seconds) it is so.

    `name` is the venue's own name of it, `named` whether that is the coin's. `seen` is the time of the last
    listing with the code. `strayed` looks in a row left the coin's price; `doubts` has a coin once for each
    look that told it from this code.
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
        """Return the key under which the state keeps it."""
        return key_of(self.venue, self.code)

    @property
    def served(self) -> bool:
        """Return whether it counts for its coin."""
        return self.state in SERVED


def key_of(venue: str, code: str) -> str:
    """Return the key of a venue's folded code."""
    return f"{venue}:{code}"


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a binding that operators should know, with the likely ratio of a new unit."""

    what: Literal["proved", "unbound", "rebound"]
    venue: str
    code: str
    coin: str
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Identities:
    """All bindings by key, all coins by id, the coin that owns a bare code, and the time of the last look."""

    bindings: Mapping[str, Binding] = field(default_factory=dict)
    coins: Mapping[str, Coin] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    looked: float = 0.0
