"""The coins and currencies of a request for prices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from providers import ASSET_BY_ID, ASSETS, Asset

PLAIN = ("USDT", "USD")
"""The currencies that providers quote pinned coins in."""
CURRENCIES = (*PLAIN, "EUR", "GBP", "TRY", "BRL", "JPY", "AUD", "CAD", "CHF", "USDC", "BTC", "ETH")
"""The currencies that prices are converted to."""


@dataclass(frozen=True, slots=True)
class RequestedCoin:
    """A coin, and its name in the request. A `venue` limits the sources of its price to that exchange.

    `about` has the facts about the name for the answer's `meta`.
    """

    symbol: str
    asset: Asset
    venue: str | None = None
    about: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)

    @property
    def is_pinned(self) -> bool:
        """Return whether providers quote it by a fixed table: it is one of the pinned coins."""
        return ASSET_BY_ID.get(self.asset.id) is self.asset

    @property
    def key(self) -> str:
        """Return a text that is unique to this coin at this venue."""
        name = self.symbol if self.is_pinned else f"{self.symbol}@{self.asset.id}"
        return name if self.venue is None else f"{name}:{self.venue}"


EVERY_COIN = tuple(RequestedCoin(asset.symbol, asset) for asset in ASSETS)


def answer_key(coins: Sequence[RequestedCoin] | None, convert: str, sparkline: bool) -> str:
    """Return the key of an answer: the same for the same coins in the same currency."""
    names = "ranked" if coins is None else ",".join(coin.key for coin in coins)
    return f"prices:{convert}{':sparkline' if sparkline else ''}:{names}"


def merged(about: Iterable[Mapping[str, Mapping[str, object]]]) -> dict[str, dict[str, object]]:
    """Return the facts about several names, by subject and then by name."""
    found: dict[str, dict[str, object]] = {}
    for one in about:
        for subject, names in one.items():
            found.setdefault(subject, {}).update(names)
    return found
