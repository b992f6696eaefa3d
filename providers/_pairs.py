"""Pairs of a coin and its quote."""

import msgspec

from providers._assets import ASSET_BY_ID, Asset

PLAIN_QUOTES = ("USDT", "USD")
"""Quotes of the markets that are known without a list."""


class Pair(msgspec.Struct, frozen=True):
    """A coin and its quote: a code such as `USDT` or `EUR`, and `@` with an id for a coin without a code."""

    base: Asset
    quote: str

    @property
    def key(self) -> str:
        """Return a text that no other pair has: two coins may share a code, but no id."""
        return f"{self.base.id}/{self.quote}"

    @property
    def plain(self) -> bool:
        """Return whether it is in US dollars or USDT."""
        return self.quote in PLAIN_QUOTES

    @property
    def pinned(self) -> bool:
        """Return whether it is a plain pair of a coin that is always served."""
        return self.plain and self.base.id in ASSET_BY_ID
