"""Check a tool's arguments by its schema, and read them as a query has them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from engine.errors import InvalidRequest
from engine.web.query import load
from schemas import shorten

INVALID = "The arguments are not valid"
FORMAT = "format"
"""The parameter that decides between JSON and CSV; a tool gives JSON."""
WORDS = {"string": "a text", "integer": "an integer", "boolean": "true or false", "array": "a list of texts"}


def read(schema: type[Schema], described: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of arguments, as a view takes them. `described` is the schema of the arguments.

    Raises `InvalidRequest` with what is wrong with each.
    """
    properties: Mapping[str, Any] = described["properties"]
    wrong: dict[str, object] = {
        shorten(name): [f"Unknown argument: there are {', '.join(properties)}"]
        for name in given
        if name not in properties
    }
    for name, value in given.items():
        if name in properties and not _fits(value, properties[name]):
            wrong[name] = [f"must be {' or '.join(WORDS[kind] for kind in _kinds(properties[name]))}"]
    wrong |= {name: ["is missing"] for name in described["required"] if name not in given}
    if wrong:
        raise InvalidRequest(INVALID, wrong)
    loader = schema()
    texts = MultiDict({name: _text(value) for name, value in given.items()})
    if any(field.data_key == FORMAT for field in loader.fields.values()):
        texts[FORMAT] = "json"
    return load(loader, texts, {})


def _kinds(described: Mapping[str, Any]) -> list[str]:
    kinds = [one["type"] for one in described.get("anyOf", [described])]
    return list(dict.fromkeys(kinds))


def _fits(value: object, described: Mapping[str, Any]) -> bool:
    return any(_is_of(value, kind) for kind in _kinds(described))


def _is_of(value: object, kind: str) -> bool:
    if kind == "array":
        return isinstance(value, list) and all(_is_item(one) for one in value)
    if kind == "boolean" or isinstance(value, bool):
        return kind == "boolean" and isinstance(value, bool)
    return isinstance(value, int if kind == "integer" else str)


def _is_item(value: object) -> bool:
    """Return whether a value is one text of a list, which queries separate by commas."""
    return isinstance(value, str) and "," not in value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else str(value)
