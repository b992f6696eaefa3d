"""Values that take less memory while they are kept than while they are used."""

from typing import Any


class Packed:
    """A value as the memory keeps it."""

    __slots__ = ()

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        raise NotImplementedError

    def unpacked(self) -> Any:
        """Return the value, equal to the one that was packed."""
        raise NotImplementedError


class Packable:
    """A value that can be packed."""

    __slots__ = ()

    def packed(self) -> Packed | None:
        """Return what to keep of it, `None` where that is the value itself."""
        raise NotImplementedError


def packed(value: Any) -> Any:
    """Return what to keep of a value."""
    return (value.packed() or value) if isinstance(value, Packable) else value


def unpacked(kept: Any) -> Any:
    """Return the value of what is kept."""
    return kept.unpacked() if isinstance(kept, Packed) else kept
