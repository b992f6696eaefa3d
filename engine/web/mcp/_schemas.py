"""JSON Schema 2020-12 of what tools take and give, made from the validating schemas."""

from collections.abc import Collection
from functools import cache
from typing import Any

from marshmallow import Schema

DIALECT = "3.1.0"
"""The version of OpenAPI whose schemas are JSON Schema 2020-12."""

CLOSED = ("additionalProperties", False)


def output_schema(schema: type[Schema]) -> dict[str, Any]:
    """Return the schema of an answer, complete in itself. Later releases may add members."""
    plain: dict[str, Any] = _open(_plain(_converted(schema)))
    return plain


def input_schema(schema: type[Schema], hidden: Collection[str]) -> dict[str, Any]:
    """Return the schema of a tool's arguments, without the parameters that are `hidden`."""
    converted = _converted(schema)
    properties = {
        name: _tidy(described) for name, described in converted["properties"].items() if name not in hidden
    }
    return {
        "type": "object",
        "properties": properties,
        "required": converted.get("required", []),
        "additionalProperties": False,
    }


@cache
def _converter(version: str) -> Any:
    from engine.web.openapi._parameters import converter_of  # here, since a start needs no document

    return converter_of(version)


def _converted(schema: type[Schema]) -> dict[str, Any]:
    converted: dict[str, Any] = _converter(DIALECT).schema2jsonschema(schema())
    return converted


def _tidy(described: dict[str, Any]) -> dict[str, Any]:
    """Return an argument's schema without null: an argument that is not wanted is left out."""
    tidy: dict[str, Any] = _plain(described)
    if isinstance(tidy.get("type"), list):
        tidy["type"] = next(kind for kind in tidy["type"] if kind != "null")
    if "enum" in tidy:
        tidy["enum"] = [value for value in tidy["enum"] if value is not None]
    if tidy.get("default", 0) is None:
        del tidy["default"]
    return tidy


def _plain(described: Any) -> Any:
    """Return a schema without what only OpenAPI knows."""
    if isinstance(described, dict):
        return {name: _plain(value) for name, value in described.items() if name != "example"}
    return [_plain(one) for one in described] if isinstance(described, list) else described


def _open(described: Any) -> Any:
    """Return a schema that allows members which it does not name."""
    if isinstance(described, dict):
        named = {name: value for name, value in described.items() if (name, value) != CLOSED}
        return {name: _open(value) for name, value in named.items()}
    return [_open(one) for one in described] if isinstance(described, list) else described
