"""Whether a value is what its type promises, down to its last field.

What comes from Redis may be of another release, or of anybody: a class says nothing of what is in its fields.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

Check = Callable[[object], bool]

LONGEST = 64
"""Bits of a whole number."""


def fits(value: object, kind: Any) -> bool:
    """Whether `value` is a whole `kind`: a class, or a form such as `tuple[Candle, ...] | None`."""
    return check_of(kind)(value)


@lru_cache(1024)
def check_of(kind: Any) -> Check:
    """What looks at values of a `kind`. A form that is not known here is not looked at."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in (Any, object):
        return _anything
    if kind in (float, complex):
        return _is_number
    if kind is int:
        return _is_whole_number
    if kind in (None, NoneType):
        return lambda value: value is None
    if origin in (Union, UnionType):
        return _any_of([check_of(one) for one in inner])
    if origin is Literal:
        return lambda value: value in inner
    if origin is tuple:
        return _tuple(inner)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(origin, inner)
    if isinstance(origin, type) and issubclass(origin, Sequence | Set):
        return _members(origin, check_of(inner[0]))
    kind = origin or kind
    return _instance(kind) if isinstance(kind, type) else _anything


def _anything(value: object) -> bool:
    return True


def _is_number(value: object) -> bool:
    """A whole number of bounded length, or a finite one."""
    if type(value) is float:
        return value - value == 0.0
    return type(value) is int and value.bit_length() <= LONGEST


def _is_whole_number(value: object) -> bool:
    return type(value) is int and value.bit_length() <= LONGEST


def _any_of(checks: Sequence[Check]) -> Check:
    def check(value: object) -> bool:
        for one in checks:  # noqa: SIM110 - a generator takes three times as long
            if one(value):
                return True
        return False

    return check


def _members(kind: type, check: Check) -> Check:
    return lambda value: isinstance(value, kind) and all(map(check, value))  # type: ignore[call-overload]


def _tuple(inner: tuple[Any, ...]) -> Check:
    if len(inner) == 2 and inner[1] is ...:
        return _members(tuple, check_of(inner[0]))
    checks = [check_of(one) for one in inner]

    def check(value: object) -> bool:
        return (
            isinstance(value, tuple)
            and len(value) == len(checks)
            and all(one(part) for one, part in zip(checks, value, strict=True))
        )

    return check


def _mapping(kind: type, inner: tuple[Any, ...]) -> Check:
    of_keys = check_of(inner[0])
    of_values = check_of(inner[1]) if len(inner) > 1 else check_of(int)  # a Counter's

    def check(value: object) -> bool:
        return (
            isinstance(value, kind)
            and isinstance(value, Mapping)
            and all(map(of_keys, value))
            and all(map(of_values, value.values()))
        )

    return check


def _instance(kind: type) -> Check:
    """An instance of `kind` with everything that its own class says it has."""

    def check(value: object) -> bool:
        own: Any = type(value)
        return (own is kind or isinstance(value, kind)) and _whole(own)(value)

    return check


@lru_cache(1024)
def _whole(kind: type) -> Check:
    """What looks at the fields that a class of ours declares, and asks it whether what is in them can be."""
    if kind.__module__.partition(".")[0] not in ("engine", "providers"):
        return _anything
    hints = {name: hint for name, hint in get_type_hints(kind).items() if get_origin(hint) is not ClassVar}
    fields = [(name, check_of(hint)) for name, hint in hints.items()]

    def check(value: Any) -> bool:
        try:
            for name, of_field in fields:
                if not of_field(getattr(value, name)):
                    return False
        except AttributeError:
            return False
        return not judged or bool(value.is_sound)

    judged = hasattr(kind, "is_sound")
    return check
