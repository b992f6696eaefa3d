"""Read counts of the storages of `limits`, and what their sliding windows count."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from limits.storage import Storage

Window = tuple[int, float, int, float]
"""The count of the previous window, the seconds that it still counts, the count of this window, its seconds
left."""


@runtime_checkable
class Together(Protocol):
    """A storage that reads several counts in one round trip."""

    def get_many(self, keys: Sequence[str]) -> list[int]:
        """Return the counts of fixed windows. Raises `StorageError`."""


def get_counts(storage: Storage, keys: Sequence[str]) -> list[int]:
    """Return the counts of fixed windows. Raises `StorageError`."""
    return storage.get_many(keys) if isinstance(storage, Together) else [storage.get(key) for key in keys]
