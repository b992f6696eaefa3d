"""Judge what types cannot say: numbers are finite, and a value that can judge itself does so."""

from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, get_args, get_type_hints

import msgspec

NUMBERLESS = frozenset({str, bytes, bool, int, type(None)})
"""Types that hold no fractions."""
CONTAINERS = frozenset({tuple, list, frozenset})
"""The containers that decoding makes, but for `dict`."""


def is_sound(value: Any) -> bool:
    """Return whether every number in a decoded value is finite, and its own `is_sound` agrees."""
    return _is_finite(value) and bool(getattr(value, "is_sound", True))


def _is_finite(value: Any) -> bool:
    kind: Any = type(value)
    if kind is float:
        return bool(value - value == 0.0)
    if kind in NUMBERLESS:
        return True
    parts: Iterable[Any] = value.values() if kind is dict else value
    if kind is not dict and kind not in CONTAINERS:
        parts = _fields_of(kind)(value)
    for part in parts:
        kind = type(part)
        if kind is float:
            if part - part != 0.0:
                return False
        elif kind not in NUMBERLESS and not _is_finite(part):
            return False
    return True


@lru_cache(256)
def _fields_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gets the fields of a value that can hold fractions. Raises `ValueError` for other types."""
    if not _is_ours(kind):
        raise ValueError(kind.__name__)
    names = [name for name, hint in get_type_hints(kind).items() if _holds_fractions(hint)]
    if not names:
        return lambda value: ()
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _holds_fractions(hint: Any) -> bool:
    """Return whether a value of this type can have a fraction in it, however deep."""
    if hint in NUMBERLESS or hint is ...:
        return False
    if inner := get_args(hint):
        return any(map(_holds_fractions, inner))
    return not _is_ours(hint) or any(map(_holds_fractions, get_type_hints(hint).values()))


def _is_ours(kind: Any) -> bool:
    return isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, msgspec.Struct))
