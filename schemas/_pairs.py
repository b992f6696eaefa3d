"""A requested pair, and the pairs of the coins that are always served."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from providers import ASSET_BY_NAME, Asset, Pair

SYMBOL = re.compile(r"([A-Z0-9]{1,10}?)(?:[/_-]?(USDT|USD))?")


@dataclass(frozen=True, slots=True)
class RequestedPair:
    """A pair, with the coin's name as the client wrote it: MATIC stays MATIC.

    Only markets of `venue` are meant, where it is given. `about` is what answers say of the name under
    `meta`: nothing, unless the code means other coins too or the coin has another name today.
    """

    name: str
    pair: Pair
    venue: str | None = None
    about: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)

    @property
    def symbol(self) -> str:
        """Return the pair as answers write it: `BTCUSDT`, but `T/USD`."""
        return f"{self.name}{'' if self.pair.pinned else '/'}{self.pair.quote}"


def any_case(name: str) -> str:
    """Return a pattern that matches `name` in upper and lower case."""
    return "".join(f"[{letter}{letter.lower()}]" if letter.isalpha() else letter for letter in name)


PINNED_PAIR = f"({'|'.join(map(any_case, sorted(ASSET_BY_NAME)))})([/_-]?([Uu][Ss][Dd][Tt]?))?"
"""The texts that `pinned_pair` accepts, as a pattern for documents."""


def pinned_pair(text: str) -> RequestedPair | None:
    """Parse `BTCUSDT`, `BTC`, `BTC/USDT`, `btc-usdt`, `BTC_USDT` or `XBT`; `None` for any other coin."""
    match = SYMBOL.fullmatch(text.upper()) if text.isascii() else None
    asset = ASSET_BY_NAME.get(match[1]) if match else None
    if match is None or asset is None:
        return None
    return RequestedPair(_shown_name(match[1], asset), Pair(asset, match[2] or "USDT"))


def _shown_name(name: str, asset: Asset) -> str:
    """Return the name to show: both names of a renamed coin stay, other spellings become the symbol."""
    return asset.symbol if name in asset.spellings else name
