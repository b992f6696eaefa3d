"""The coin that a name means at a time."""

from typing import NamedTuple

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin, Rename
from engine.catalogue.outcomes import Renamed

NONE: tuple[str, ...] = ()


class Base(NamedTuple):
    """A coin under the name that the answer repeats, with facts about that name."""

    coin: Coin
    asked: str
    renamed: Rename | None = None
    rivals: tuple[str, ...] = NONE


class Contested(NamedTuple):
    """The ids of several possible coins of a name."""

    coins: tuple[str, ...]


def base_of(name: str, catalogue: Catalogue, at: float) -> Base | Contested | Renamed | None:
    """Return the coin that a folded name means at a time, `None` if it means none.

    A former name is served for times before the change. Afterwards it is refused if the unit has changed.
    """
    names = catalogue.names
    id_ = names.coins.get(name)
    rename = _rename_of(name, id_, catalogue)
    if rename is not None and rename.since is not None:
        taken = name in names.contested or id_ not in (None, rename.coin)
        if at < rename.since and (taken or not rename.one_to_one):
            return Base(catalogue.former_coins[rename.coin], rename.old, rename)
        if not (rename.one_to_one or taken or rename.old == rename.new):
            return Renamed(rename)
    if id_ is None:
        coins = names.contested.get(name)
        return Contested(coins) if coins else None
    coin = catalogue.coin_by_id[id_].coin
    return Base(coin, _asked(name, coin, catalogue), None, names.rivals.get(coin.code, NONE))


def _rename_of(name: str, coin: str | None, catalogue: Catalogue) -> Rename | None:
    """Return the rename of a name, or of the coin's code if the name is another one of the same coin."""
    rename = catalogue.renames.get(name)
    if rename is None and coin is not None:
        rename = catalogue.renames.get(catalogue.coin_by_id[coin].coin.code)
        if rename is not None and rename.coin != coin:
            return None
    return None if rename is None or rename.ratio is None else rename


def _asked(name: str, coin: Coin, catalogue: Catalogue) -> str:
    """Return the name that answers repeat: the requested one if the code means other coins too."""
    if name in catalogue.names.repeated:
        return name
    if catalogue.names.coins.get(coin.code) == coin.id:
        return coin.code
    return name if name in coin.aliases else f"@{coin.id}"
