"""What storages of sliding windows have in common: they never fail, and count no fixed windows."""

from abc import abstractmethod

from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport

from engine.store.counts import Window

__all__ = ["SlidingWindows", "Window"]


class SlidingWindows(Storage, SlidingWindowCounterSupport):
    """A storage for the strategy of sliding windows of `limits` alone."""

    @abstractmethod
    def spend(self, key: str, limit: int, expiry: int, amount: int = 1) -> tuple[bool, Window]:
        """Count a request, unless it exceeds the limit. Return whether it was counted, and the windows."""

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request, unless it exceeds the limit."""
        return self.spend(key, limit, expiry, amount)[0]

    @property
    def base_exceptions(self) -> type[Exception]:
        """The exceptions of this storage: none."""
        return ValueError

    def check(self) -> bool:
        """Return that the storage is available."""
        return True

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Refuse fixed windows."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Refuse fixed windows."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Refuse fixed windows."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Refuse fixed windows."""
        raise NotImplementedError
