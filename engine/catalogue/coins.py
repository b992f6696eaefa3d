"""Coins and their renames."""

import msgspec

from engine.catalogue.kinds import Kind


class Coin(msgspec.Struct, frozen=True, gc=False):
    """An asset under an `id` of the engine, which no other asset ever gets.

    `code` is its usual ticker, `aliases` are spellings that mean it at any time. The other ids are those
    of the aggregators; they and the name are empty if unknown. A `pinned` coin is one of the thirty that
    always work. A `peculiar` one never owns its code, because the code means another coin elsewhere.
    """

    id: str
    code: str
    name: str
    kind: Kind = "coin"
    coingecko: str = ""
    coinpaprika: str = ""
    coinmarketcap: int = 0
    aliases: tuple[str, ...] = ()
    pinned: bool = False
    peculiar: bool = False
    rank: int | None = None
    coinlore: str = ""


class Rename(msgspec.Struct, frozen=True):
    """A new code for a coin, or a new coin for an old one.

    One unit of the `old` coin became `ratio` units of the `new` one, `None` if that is not verified.
    The change came at `since` (Unix seconds); with a `venue` it is that venue's own date, and `None` there
    says that the venue keeps the old code. `coin` is the coin of the old code, `successor` that of the new.
    """

    old: str
    new: str
    coin: str
    successor: str
    ratio: float | None
    since: float | None
    venue: str
    source: str

    @property
    def one_to_one(self) -> bool:
        """Return whether both codes mean the same coin in the same unit."""
        return self.ratio == 1.0 and self.coin == self.successor


class Meaning(msgspec.Struct, frozen=True):
    """The meaning of a code at one venue according to the venue, and the time of that statement."""

    venue: str
    code: str
    coin: str
    date: str
    source: str
