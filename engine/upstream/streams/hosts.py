"""The addresses of a venue that may be tried, and their order. Pure: times are Unix milliseconds."""

from collections.abc import Iterable

BLOCKED_FOR = 6 * 3_600_000
"""Milliseconds until the next attempt at an address that refuses this region."""
AVOIDED_FOR = 600_000
"""Milliseconds for which an address comes last after it has closed a connection for a breach of rules."""


class Hosts:
    """Remembers the addresses of one venue that are blocked or avoided, without their queries' tokens."""

    def __init__(self) -> None:
        self._blocked: dict[str, int] = {}
        self._avoided: dict[str, int] = {}

    def block(self, address: str, now: int) -> None:
        """Skip an address for hours, because it refuses this region."""
        self._blocked[_place(address)] = now + BLOCKED_FOR

    def avoid(self, address: str, now: int) -> None:
        """Try other addresses first for minutes."""
        self._avoided[_place(address)] = now + AVOIDED_FOR

    def in_order(self, addresses: Iterable[str], now: int) -> list[str]:
        """Return the addresses that may be tried, the preferred one first."""
        able = [address for address in addresses if self._blocked.get(_place(address), 0) <= now]
        return sorted(able, key=lambda address: self._avoided.get(_place(address), 0) > now)


def _place(address: str) -> str:
    return address.partition("?")[0]
