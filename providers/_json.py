"""Parse JSON from providers: check its size first, and repair nearly valid JSON once."""

import json
import re
from typing import Any

import orjson

from providers._errors import BadData

LARGE = 256 * 1024
"""Bytes above which parsing is slow: values are counted first, and a `Runner` does the work."""
LEAST_VALUE = 20
"""Average bytes of a value and its name in a body of the largest allowed size."""
LONGEST_INTEGER = 20
"""Digits of the shortest integer that is parsed as a float."""
CONTROLS = re.compile(r"[\x00-\x1f]")
ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\.",
    re.S,
)


def read(body: bytes, max_bytes: int) -> Any:
    """Return the value of a body where at most `max_bytes` bytes are expected.

    Raises `BadData` if it has more values than a body of that size should have: the parser creates all of
    them at once, and an empty list takes 60 bytes of memory. Raises `ValueError` if it is not JSON. NaN and
    numbers out of range are tolerated; only their own value is affected.
    """
    if (
        len(body) > LARGE
        and body.count(b",") + body.count(b"[") + body.count(b"{") > max_bytes // LEAST_VALUE
    ):
        raise BadData("the body has too many values")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        repaired = _repaired(body)
    try:
        return orjson.loads(repaired)
    except orjson.JSONDecodeError as error:
        return _tolerant(repaired, error)


def _tolerant(body: bytes, error: orjson.JSONDecodeError) -> Any:
    """Return the value of a body with `NaN` and infinities as `None`, and large integers as floats.

    Raises `error` if the body is invalid for another reason.
    """
    try:
        return json.loads(body, parse_int=_integer, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        raise error from None


def _integer(digits: str) -> float:
    return int(digits) if len(digits) < LONGEST_INTEGER else float(digits)


def _repaired(body: bytes) -> bytes:
    """Return UTF-8 without a byte order mark, lone surrogates and control characters."""
    text = body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff \t\r\n")
    return ESCAPE.sub(_complete, CONTROLS.sub(" ", text)).encode("utf-8", "replace")


def _complete(escape: re.Match[str]) -> str:
    """Return the escape unchanged, or U+FFFD for a lone surrogate."""
    return r"\ufffd" if escape["half"] else escape[0]
