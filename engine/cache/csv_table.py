"""Tables as CSV (RFC 4180). Pure functions."""

from collections.abc import Iterable, Sequence

import orjson

END = b"\r\n"
"""The end of each line, the last one included."""
FORMULA = ("=", "+", "-", "@")
"""A text that begins with one of these is a formula to spreadsheets, which would run it."""


def csv_table(names: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a header line and the rows, without the end of the last line.

    Numbers and booleans are written as in JSON, and `None` is an empty field.
    """
    lines = [",".join(names).encode(), *(b",".join(map(_field, row)) for row in rows)]
    return END.join(lines)


def _field(value: object) -> bytes:
    if value is None:
        return b""
    if not isinstance(value, str):
        return orjson.dumps(value)
    text = f"'{value}" if value.startswith(FORMULA) else value
    if any(letter in text for letter in ',"\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text.encode()
