"""The four things that a text can be."""

from typing import NamedTuple

import msgspec

from engine.catalogue.coins import Coin, Rename

PLAIN_QUOTES = frozenset({"usdt", "usd"})
"""Quotes that are written behind a pinned coin without a separator."""


class Resolved(NamedTuple):
    """One pair. `asked` is the name of the base that the answer repeats, `venue` the only one that is meant.

    `renamed` says that the name is one that the coin had then, `rivals` has the ids of other coins that are
    called by the same code.
    """

    base: Coin
    quote: Coin
    asked: str
    venue: str | None = None
    renamed: Rename | None = None
    rivals: tuple[str, ...] = ()

    @property
    def symbol(self) -> str:
        """Return the pair as answers write it: `BTCUSDT`, but `T/USD`."""
        separator = "" if self.base.pinned and self.quote.id in PLAIN_QUOTES else "/"
        return f"{self.asked}{separator}{self.quote.code}"


class Reading(msgspec.Struct, frozen=True):
    """One of several meanings of a text: a coin, where it trades, and the text that means it alone."""

    id: str
    name: str
    venues: tuple[str, ...]
    symbol: str


class Ambiguous(msgspec.Struct, frozen=True):
    """A text with several meanings."""

    readings: tuple[Reading, ...]


class Renamed(msgspec.Struct, frozen=True):
    """A former name whose unit is not the present one."""

    rename: Rename


class Unknown(msgspec.Struct, frozen=True):
    """A text that means nothing, with up to five similar ones that do."""

    did_you_mean: tuple[str, ...] = ()


Outcome = Resolved | Ambiguous | Renamed | Unknown
