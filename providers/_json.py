"""JSON as providers send it: bounded before it is read, and repaired once where it is nearly JSON."""

import json
import re
from typing import Any

import orjson

from providers._errors import BadData

LARGE = 256 * 1024
"""Bytes from which on reading takes long enough to count what is in it, and to keep others waiting."""
LEAST_VALUE = 20
"""Bytes that a value takes on average, its name included, in an answer as large as it may be."""
LONGEST_INTEGER = 20
"""Digits from which on a figure is read as a float."""
CONTROLS = re.compile(r"[\x00-\x1f]")
ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\.",
    re.S,
)


def read(body: bytes, most: int) -> Any:
    """Return the value of a body where at most `most` bytes are expected.

    Raises `BadData` where it has more values than such a body may have: each empty list takes 60 bytes of
    memory, and all of them are made in one go. Raises `ValueError` for what is no JSON; a figure beyond all
    bounds, or NaN, costs itself alone.
    """
    if len(body) > LARGE and body.count(b",") + body.count(b"[") + body.count(b"{") > most // LEAST_VALUE:
        raise BadData("a body of too many values")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        repaired = _repaired(body)
    try:
        return orjson.loads(repaired)
    except orjson.JSONDecodeError as error:
        return _with_odd_figures(repaired, error)


def _with_odd_figures(body: bytes, error: orjson.JSONDecodeError) -> Any:
    """Return the value of a body with `NaN` and infinities as `None`, and large figures as floats.

    Raises `error` where that is not what is wrong with it.
    """
    try:
        return json.loads(body, parse_int=_integer, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        raise error from None


def _integer(digits: str) -> float:
    return int(digits) if len(digits) < LONGEST_INTEGER else float(digits)


def _repaired(body: bytes) -> bytes:
    """Return UTF-8 without a mark in front, halves of letters and control letters."""
    text = body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff \t\r\n")
    return ESCAPE.sub(_whole, CONTROLS.sub(" ", text)).encode("utf-8", "replace")


def _whole(escape: re.Match[str]) -> str:
    """An escape as it is, unless it is one half of a pair: then it stands for a letter that is unknown."""
    return r"\ufffd" if escape["half"] else escape[0]
