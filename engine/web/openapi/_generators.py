"""What generators of clients need beyond a valid document."""

import re
from collections.abc import Iterator
from typing import Any

NAMES = "x-enum-varnames"
"""Where generators look for them: https://openapi-generator.tech/docs/templating/#enum."""
LENGTH = re.compile(r"([0-9]+)([mhdwM])")
TAKEN = "d"
"""The name of a variable in the code of openapi-python-client, which a member of that name would replace."""
UNITS = {"m": "MINUTE", "h": "HOUR", "d": "DAY", "w": "WEEK", "M": "MONTH"}


def adapt(document: dict[str, Any]) -> None:
    """Change a finished document so that what is generated of it works."""
    _name_values(document)
    for schema in document["components"]["schemas"].values():
        if TAKEN in schema.get("properties", {}):  # still documented and required: as the only other member
            schema["additionalProperties"] = schema["properties"].pop(TAKEN)


def _name_values(part: Any) -> None:
    """Give each enumeration of texts the names of its values: generators make none of `1m` and `1M`."""
    for schema in _enumerations(part):
        schema[NAMES] = [name(value) for value in schema["enum"]]


def name(value: str) -> str:
    """Return the name of a value: `MINUTE_1` for `1m`, `MONTH_1` for `1M`, `NO_TRADES` for `no_trades`."""
    if length := LENGTH.fullmatch(value):
        return f"{UNITS[length[2]]}_{length[1]}"
    words = re.sub(r"[^A-Za-z0-9]+", "_", value).strip("_").upper()
    return words if words[:1].isalpha() else f"VALUE_{words}" if words else "EMPTY"


def _enumerations(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema with texts as `enum`. Examples are data, whatever they look like."""
    if isinstance(part, dict):
        values = part.get("enum")
        if isinstance(values, list) and values and all(isinstance(value, str) for value in values):
            yield part
        for key, inner in part.items():
            if key not in ("example", "examples"):
                yield from _enumerations(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _enumerations(inner)
