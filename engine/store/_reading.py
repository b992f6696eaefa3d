"""Reading what Redis holds: only values of the engine's own classes come out of it."""

import io
import logging
import pickle
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

OWN = ("engine", "providers")
"""Where classes come from that may be made."""
RESTORING = "_restored"
"""The name of functions of ours that may be called: what classes are made of that pickle in their own way."""
PLAIN = {("builtins", it.__name__): it for it in (set, frozenset, bytearray)} | {
    ("collections", it.__name__): it for it in (Counter, OrderedDict)
}
MARK = b"!"
"""What pickled values begin with; whole numbers are kept as digits, which Redis can count on."""
FAILURES = (
    pickle.PickleError,
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What bytes may raise that were written by another release, or are none of ours."""
COMPLAINED = 60.0
"""Seconds until it is logged again that a kind of key holds something wrong."""

log = logging.getLogger(__name__)


class Unreadable(Exception):
    """There is something that cannot be what was asked for. Says what, without what is in it."""


class Complaints:
    """Logs what cannot be read, of each kind of key once in a while."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def make(self, key: str, error: Unreadable) -> None:
        """Say what is wrong with `key`."""
        kind, now = key.partition(":")[0], self._clock()
        if now >= self._until.get(kind, float("-inf")):
            self._until[kind] = now + COMPLAINED
            log.warning("what another release kept cannot be read: %s (%s)", key, error)


def loads(data: bytes) -> Any:
    """The value that was written as `data`. Raises `Unreadable`."""
    try:
        return _Unpickler(io.BytesIO(data[1:])).load() if data.startswith(MARK) else int(data)
    except FAILURES as error:
        raise Unreadable(type(error).__name__) from error


def dumps(value: object) -> bytes:
    """The bytes to keep for a value."""
    if type(value) is int:
        return b"%d" % value
    return MARK + pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if plain := PLAIN.get((module, name)):
            return plain
        if module.partition(".")[0] not in OWN:
            raise pickle.UnpicklingError(f"{module}.{name}")
        found = super().find_class(module, name)
        if not _is_value(found) and getattr(found, "__name__", None) != RESTORING:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


def _is_value(found: Any) -> bool:
    return isinstance(found, type) and (is_dataclass(found) or issubclass(found, Exception | Enum | tuple))
