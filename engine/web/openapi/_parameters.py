"""Parameters as the document has them: what the schemas check is said, what only they can say is left out."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from schemas import CodedField

NULL: dict[str, Any] = {"enum": [None], "nullable": True}


def shape(
    converter: OpenAPIConverter, field: fields.Field[Any], ret: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """What a field takes that its kind does not say; `ret` is what is known of it so far."""
    said = getattr(field, "documented", {})
    told: dict[str, Any] = {key: value for key, value in said.items() if key == "type" or key not in ret}
    if getattr(field, "one_or_many", False):
        one = dict(ret)
        ret.clear()
        told["oneOf"] = [one, {"type": "array", "items": one}]
    elif "anyOf" in ret:  # apispec's own null, which takes any object
        told["anyOf"] = [NULL if kind.get("nullable") else kind for kind in ret.pop("anyOf")]
    return told


def query(schema: type[Schema], left_out: set[str]) -> list[dict[str, Any]]:
    """The parameters of a query, less what stands in the path."""
    spec = APISpec("", "", "3.0.3")
    converter = OpenAPIConverter("3.0.3", schema_name_resolver=lambda schema: None, spec=spec)
    converter.field_mapping[CodedField] = ("string", None)
    converter.add_attribute_function(shape)  # type: ignore[no-untyped-call]
    told = converter.schema2parameters(schema(exclude=left_out), location="query")
    return [_tidy(parameter) for parameter in told] + _aliases(schema, told)


def path(schema: type[Schema], names: set[str]) -> list[dict[str, Any]]:
    """The parameters that stand in the path: required, whatever the query says."""
    everything = {parameter["name"]: parameter for parameter in query(schema, set())}
    return [{**everything[name], "in": "path", "required": True} for name in sorted(names)]


def sample(schema: type[Schema]) -> dict[str, str]:
    """The values that a sample request sends, by name."""
    return {
        parameter["name"]: str(parameter["example"])
        for parameter in query(schema, set())
        if "example" in parameter
    }


def _tidy(parameter: dict[str, Any]) -> dict[str, Any]:
    """A query has no null, and a list is written with commas."""
    given = dict(parameter["schema"])
    if given.get("default", 0) is None:
        del given["default"]
    given.pop("nullable", None)
    if "enum" in given:
        given["enum"] = [value for value in given["enum"] if value is not None]
    told = {**parameter, "schema": given}
    if "example" in given:
        told["example"] = given.pop("example")
    if given.get("type") == "array":
        told |= {"style": "form", "explode": False}
    return told


def _aliases(schema: type[Schema], told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Other names of a parameter, of which one may be given."""
    aliases: dict[str, str] = getattr(schema, "aliases", {})
    schemas = {parameter["name"]: _tidy(parameter)["schema"] for parameter in told}
    return [
        {
            "in": "query",
            "name": alias,
            "description": f"Another name of `{of}`; give one of them",
            "required": False,
            "schema": {key: value for key, value in schemas[of].items() if key != "default"},
        }
        for alias, of in aliases.items()
        if of in schemas
    ]
