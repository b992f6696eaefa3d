"""The description of an exported file: its candles and its format."""

from collections.abc import Callable
from typing import Literal

import msgspec

from engine.history.series import SeriesKey

Format = Literal["csv", "ndjson", "parquet"]
Compression = Literal["gzip", "zstd"]


class Export(msgspec.Struct, frozen=True):
    """The candles of `key` that open in `[first, until)`, as they were known at `as_of`.

    Times are Unix milliseconds. `label` writes the name of a provider.
    """

    key: SeriesKey
    first: int
    until: int
    as_of: int
    format: Format
    compression: Compression | None
    label: Callable[[str], str]

    @property
    def name(self) -> str:
        """Return the name of the file."""
        packed = {None: "", "gzip": ".gz", "zstd": ".zst"}[self.compression]
        pair = f"{self.key.coin}-{self.key.quote.lower()}"
        plain = "".join(it if it.isascii() and it.isalnum() else "-" for it in pair)
        return f"{plain}-{self.key.code}.{self.format}{packed}"
