"""Encode values for Redis as MessagePack, and decode them straight into the type that the caller names.

Bytes only become values of that type, so that hostile bytes run no code. An integer is stored as digits,
because Redis increments it.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

from engine.store._soundness import is_sound

DIGITS = re.compile(rb"-?\d{1,18}").fullmatch
DECODE_ERRORS = (msgspec.MsgspecError, RecursionError, ValueError)
"""Errors of decoding: for invalid MessagePack, for deep nesting, and for text that is not UTF-8."""

_encode = msgspec.msgpack.Encoder().encode


class Unreadable(Exception):
    """Error for a value that cannot be encoded or decoded. Its message never contains the value."""


def encode(value: object) -> bytes:
    """Encode a value for Redis. Raises `Unreadable` if that is impossible."""
    if type(value) is int:
        return b"%d" % value
    try:
        return _encode(value)
    except (OverflowError, UnicodeEncodeError) as error:  # an integer over 64 bits, an unpaired surrogate
        raise Unreadable(type(error).__name__) from error


def decode(data: bytes, kind: Any) -> Any:
    """Decode a value of the type `kind`, or of a union of tagged types. Raises `Unreadable`."""
    if kind is int:
        if not DIGITS(data):
            raise Unreadable("not an integer")
        return int(data)
    try:
        value = _decoder(kind).decode(data)
        if is_sound(value):
            return value
    except DECODE_ERRORS as error:
        raise Unreadable(type(error).__name__) from error
    raise Unreadable("impossible value")


@lru_cache(256)
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)
