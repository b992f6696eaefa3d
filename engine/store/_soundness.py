"""Check what types cannot express: numbers are finite, and values pass their `is_sound`."""

from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, get_args, get_type_hints

import msgspec

WITHOUT_FLOATS = frozenset({str, bytes, bool, int, type(None)})
"""Types without floats."""
CONTAINERS = frozenset({tuple, list, frozenset})
"""The containers that decoding creates, except `dict`."""


def is_sound(value: Any) -> bool:
    """Return whether every float in a decoded value is finite, and the value's `is_sound` is true."""
    return _is_finite(value) and bool(getattr(value, "is_sound", True))


def _is_finite(value: Any) -> bool:
    kind: Any = type(value)
    if kind is float:
        return bool(value - value == 0.0)
    if kind in WITHOUT_FLOATS:
        return True
    parts: Iterable[Any] = value.values() if kind is dict else value
    if kind is not dict and kind not in CONTAINERS:
        parts = _fields_of(kind)(value)
    for part in parts:
        kind = type(part)
        if kind is float:
            if part - part != 0.0:
                return False
        elif kind not in WITHOUT_FLOATS and not _is_finite(part):
            return False
    return True


@lru_cache(256)
def _fields_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Return a getter of the fields that can hold floats. Raises `ValueError` for other types."""
    if not _is_record(kind):
        raise ValueError(kind.__name__)
    names = [name for name, hint in get_type_hints(kind).items() if _can_hold_floats(hint)]
    if not names:
        return lambda value: ()
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _can_hold_floats(hint: Any) -> bool:
    """Return whether a value of this type can contain a float at any depth."""
    if hint in WITHOUT_FLOATS or hint is ...:
        return False
    if inner := get_args(hint):
        return any(map(_can_hold_floats, inner))
    return not _is_record(hint) or any(map(_can_hold_floats, get_type_hints(hint).values()))


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, msgspec.Struct))
