"""Encode values for Redis as MessagePack, and decode them straight into the type that the caller names.

Bytes only ever become values of that type, so that bytes of any origin run no code. A whole number is kept
as digits, because Redis itself counts on it.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

from engine.store._soundness import is_sound

DIGITS = re.compile(rb"-?\d{1,18}").fullmatch
FAILURES = (msgspec.MsgspecError, RecursionError, ValueError)
"""What decoding raises: for wrong bytes, for deep nesting, for a text that is not UTF-8."""

_encode = msgspec.msgpack.Encoder().encode


class Unreadable(Exception):
    """What Redis holds is not what was asked for, or cannot be held. Says what, without what is in it."""


def encode(value: object) -> bytes:
    """Return the bytes to keep for a value. Raises `Unreadable` for one that no bytes stand for."""
    if type(value) is int:
        return b"%d" % value
    try:
        return _encode(value)
    except (OverflowError, UnicodeEncodeError) as error:  # an integer of 65 bits, half a character
        raise Unreadable(type(error).__name__) from error


def decode(data: bytes, kind: Any) -> Any:
    """Return the value of a `kind` (a type, or a union of tagged ones). Raises `Unreadable`."""
    if kind is int:
        if not DIGITS(data):
            raise Unreadable("no whole number")
        return int(data)
    try:
        value = _decoder(kind).decode(data)
        if is_sound(value):
            return value
    except FAILURES as error:
        raise Unreadable(type(error).__name__) from error
    raise Unreadable("a value that cannot be")


@lru_cache(256)
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)
