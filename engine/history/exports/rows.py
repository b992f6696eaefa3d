"""The columns of a file."""

from collections.abc import Mapping
from typing import Any

from engine.history.columns import Columns, values

COLUMNS = {
    "open_time": "timestamp",
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "volume": "volume",
    "quote_volume": "quoteVolume",
    "trades": "trades",
    "provider": "provider",
    "revision": "revision",
    "filled": "filled",
}
"""The columns of the archive with their names in a file."""


def lists(columns: Columns, labels: Mapping[int, str]) -> dict[str, list[Any]]:
    """Return the columns of a file as lists, by their names there."""
    found = values({name: columns[name] for name in COLUMNS})
    found["provider"] = [labels[number] for number in found["provider"]]
    found["filled"] = [bool(filled) for filled in found["filled"]]
    return {title: found[name] for name, title in COLUMNS.items()}
