"""Facts that need no provider: reviewed coins, renames, and meanings of codes at single venues.

The tables beside this module hold facts only, each with its date and source. The thirty pinned coins are
those of `providers`.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.resources import files

from engine.catalogue.coins import Coin, Meaning, Rename
from engine.catalogue.folding import alike, contains, fold
from engine.catalogue.kinds import KINDS
from providers import ASSET_BY_ID, ASSETS, Asset


@dataclass(frozen=True)
class Facts:
    """Reviewed coins by id, renames and meanings. `everywhere`: codes with one meaning at all venues."""

    coins: dict[str, Coin]
    everywhere: dict[str, str]
    renames: tuple[Rename, ...]
    meanings: dict[tuple[str, str], Meaning]
    as_of: float = 0.0
    """The time (Unix seconds) of the newest fact."""

    @cached_property
    def pinned(self) -> dict[str, str]:
        """Return every name of a pinned coin, with the coin's id."""
        return {name: coin for name, coin in self.everywhere.items() if self.coins[coin].pinned}

    @cached_property
    def venues(self) -> frozenset[str]:
        """Return the venues that the tables know."""
        renamed = {rename.venue for rename in self.renames if rename.venue}
        return frozenset(renamed) | frozenset(meaning.venue for meaning in self.meanings.values())

    def meaning(self, venue: str, code: str) -> str | None:
        """Return the id of the coin that a folded code means at a venue, `None` if no table has it."""
        meaning = self.meanings.get((venue, code))
        return meaning.coin if meaning else self.everywhere.get(code)

    def code_at(self, venue: str, coin: str, time: float) -> str:
        """Return the code of a coin at a venue at a time, for venues without a listing."""
        valid = self._steps(venue, coin)
        passed = [rename for rename in valid if rename.since is not None and rename.since <= time]
        if passed:
            return max(passed, key=lambda rename: rename.since or 0.0).new
        waiting = [rename for rename in valid if rename.since is not None]
        if waiting:
            return min(waiting, key=lambda rename: rename.since or 0.0).old
        return next((rename.old for rename in valid), self.coins[coin].code)

    def is_taken_over(self, venue: str, coin: str, code: str, name: str, time: float) -> bool:
        """Return whether a venue now uses a coin's former code for a coin with another name."""
        if (venue, code) in self.meanings or self.code_at(venue, coin, time) == code:
            return False
        known = self.coins[coin]
        names = (known.name, *(ASSET_BY_ID[coin].known_as if known.pinned else ()))
        return not any(alike(name, one) or contains(name, one) for one in names)

    def renamed_at(self, venue: str, coin: str) -> tuple[int, ...]:
        """Return the times (Unix milliseconds) at which the code of a coin has changed at a venue."""
        return tuple(int(it.since * 1000) for it in self._steps(venue, coin) if it.since is not None)

    def _steps(self, venue: str, coin: str) -> list[Rename]:
        """Return the renames of a coin at a venue, at the venue's own dates if they are known."""
        steps = [rename for rename in self.renames if rename.one_to_one and rename.coin == coin]
        at_venue = {(rename.old, rename.new) for rename in steps if rename.venue == venue}
        return [
            rename
            for rename in steps
            if rename.venue == venue or (not rename.venue and (rename.old, rename.new) not in at_venue)
        ]


@cache
def read_facts() -> Facts:
    """Read the packaged tables, which do not change while the process runs."""
    renames, reviewed = tuple(map(_rename, _rows("renames.csv"))), _rows("coins.csv")
    coins = {coin.id: coin for coin in map(_pinned, ASSETS)}
    everywhere = {name: coin.id for coin in coins.values() for name in (coin.code, *coin.aliases)}
    for row in reviewed:
        coin = _coin(row)
        coins[coin.id] = coin
        if row["everywhere"]:
            everywhere |= dict.fromkeys((coin.code, *coin.aliases), coin.id)
    for rename in renames:
        if rename.one_to_one and coins[rename.coin].pinned:
            everywhere |= {rename.old: rename.coin, rename.new: rename.coin}
    meanings = {(row["venue"], fold(row["code"])): Meaning(**row) for row in _rows("meanings.csv")}
    dates = [meaning.date for meaning in meanings.values()] + [row["date"] for row in reviewed]
    as_of = datetime.fromisoformat(max(dates)).replace(tzinfo=UTC).timestamp()
    return Facts(coins, everywhere, renames, meanings, as_of)


def _rows(file: str) -> list[dict[str, str]]:
    text = files("engine.catalogue.facts").joinpath(file).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _pinned(asset: Asset) -> Coin:
    names: Iterable[str] = (asset.former, *asset.spellings) if asset.former else asset.spellings
    return Coin(
        asset.code.lower(),
        asset.code,
        asset.name,
        coingecko=asset.coingecko,
        coinmarketcap=asset.coinmarketcap,
        aliases=tuple(names),
        pinned=True,
    )


def _coin(row: dict[str, str]) -> Coin:
    kind = row["kind"]
    if kind not in KINDS:
        raise ValueError(f"coins.csv: {row['id']}: no such kind: {kind}")
    return Coin(
        row["id"],
        row["code"],
        row["name"],
        kind,
        coingecko=row["coingecko"],
        coinmarketcap=int(row["coinmarketcap"]),
        aliases=tuple(row["aliases"].split()),
        peculiar=bool(row["peculiar"]),
    )


def _rename(row: dict[str, str]) -> Rename:
    since = datetime.fromisoformat(row["since"]).replace(tzinfo=UTC).timestamp() if row["since"] else None
    ratio = float(row["ratio"]) if row["ratio"] else None
    return Rename(
        row["old"],
        row["new"],
        row["coin"],
        row["successor"],
        ratio,
        since,
        row["venue"],
        row["source"],
    )
