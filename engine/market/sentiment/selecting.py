"""The stories about some coins. A pure function."""

from collections.abc import Iterable, Sequence

from engine.analysis.headlines import Story, full_name
from providers import ASSET_BY_ID, Asset


def about(stories: Iterable[Story], coins: Sequence[Asset] | None) -> list[Story]:
    """Return the stories about any of `coins`, or all stories if it is `None`.

    Many codes are ordinary words: of coins that are not pinned, only full names count.
    """
    if coins is None:
        return list(stories)
    ids = {coin.id for coin in coins}
    others = [named for coin in coins if coin.id not in ASSET_BY_ID and (named := full_name(coin))]
    return [
        one
        for one in stories
        if ids.intersection(coin.id for coin in one.coins) or any(it.search(one.title) for it in others)
    ]
