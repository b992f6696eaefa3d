"""Judge what types cannot say: numbers are finite, and a value that can judge itself does so."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

NUMBERLESS = (str, bytes, bool, int, type(None))
"""Types that hold no fractions."""


def is_sound(value: Any) -> bool:
    """Return whether every number in a decoded value is finite, and its own `is_sound` agrees."""
    return _is_finite(value) and bool(getattr(value, "is_sound", True))


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return value - value == 0.0
    if isinstance(value, NUMBERLESS):
        return True
    for part in _parts(value):
        kind = type(part)
        if kind is float:
            if part - part != 0.0:
                return False
        elif kind not in NUMBERLESS and not _is_finite(part):
            return False
    return True


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, tuple | list | frozenset):
        return value
    kind: Any = type(value)
    return _fields_of(kind)(value)


@lru_cache(256)
def _fields_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gets the fields of a value. Anything but a dataclass or a struct raises `ValueError`."""
    if issubclass(kind, msgspec.Struct):
        names = list(kind.__struct_fields__)
    elif is_dataclass(kind):
        names = [field.name for field in fields(kind)]
    else:
        raise ValueError(kind.__name__)
    if not names:
        return lambda value: ()
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)
