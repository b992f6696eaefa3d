"""The four outcomes of resolving a text."""

from typing import NamedTuple

import msgspec

from engine.catalogue.coins import Coin, Rename

PLAIN_QUOTES = frozenset({"usdt", "usd"})
"""Quotes that may follow a pinned coin without a separator."""


class Resolved(NamedTuple):
    """One pair. `asked` is the base's name for the answer, `venue` the only venue, if the text names one.

    `renamed` is set for a former name of the coin. `rivals` has the ids of other coins with the same code.
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
    """One of several meanings of a text: a coin, its venues, and a text that means only this coin."""

    id: str
    name: str
    venues: tuple[str, ...]
    symbol: str


class Ambiguous(msgspec.Struct, frozen=True):
    """A text with several meanings."""

    readings: tuple[Reading, ...]


class Renamed(msgspec.Struct, frozen=True):
    """A former name with another unit than the current one."""

    rename: Rename


class Unknown(msgspec.Struct, frozen=True):
    """A text without a meaning, with up to five similar texts that have one."""

    did_you_mean: tuple[str, ...] = ()


Outcome = Resolved | Ambiguous | Renamed | Unknown
