"""Document the parameters: what the schemas check, without what only they can express."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from schemas import CodedField

NULL: dict[str, Any] = {"enum": [None], "nullable": True}


def _shape(
    converter: OpenAPIConverter, field: fields.Field[Any], ret: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """Return what a field accepts beyond its type; `ret` is what apispec knows of it."""
    documented = getattr(field, "documented", {})
    extra: dict[str, Any] = {
        key: value for key, value in documented.items() if key == "type" or key not in ret
    }
    if "anyOf" in documented:
        ret.pop("type", None)
    if getattr(field, "one_or_many", False):
        one = dict(ret)
        ret.clear()
        extra["oneOf"] = [one, {"type": "array", "items": one}]
    elif "anyOf" in ret:  # apispec's null, which accepts any object
        extra["anyOf"] = [NULL if kind.get("nullable") else kind for kind in ret.pop("anyOf")]
    return extra


def prepare(converter: OpenAPIConverter) -> OpenAPIConverter:
    """Return the converter, which then knows the fields of this engine."""
    converter.field_mapping[CodedField] = ("string", None)
    converter.add_attribute_function(_shape)  # type: ignore[no-untyped-call]
    return converter


def converter_of(version: str) -> OpenAPIConverter:
    """Return a converter for a version of OpenAPI, which describes nested schemas in place."""
    spec = APISpec("", "", version)
    return prepare(OpenAPIConverter(version, schema_name_resolver=lambda schema: None, spec=spec))


def query(schema: type[Schema], left_out: set[str]) -> list[dict[str, Any]]:
    """Return the parameters of a query, except those in the path."""
    given = {name for name, field in schema().fields.items() if (field.data_key or name) in left_out}
    parameters = converter_of("3.0.3").schema2parameters(schema(exclude=given), location="query")
    aliased = set(getattr(schema, "aliases", {}).values())
    tidy = [_without_default(_tidy(it)) if it["name"] in aliased else _tidy(it) for it in parameters]
    return tidy + _aliases(schema, parameters)


def path(schema: type[Schema], names: set[str]) -> list[dict[str, Any]]:
    """Return the parameters in the path, which are required there."""
    everything = {parameter["name"]: parameter for parameter in query(schema, set())}
    return [{**everything[name], "in": "path", "required": True} for name in sorted(names)]


def sample(schema: type[Schema]) -> dict[str, str]:
    """Return the values of a sample request, by name."""
    return {
        parameter["name"]: str(parameter["example"])
        for parameter in query(schema, set())
        if "example" in parameter
    }


def _tidy(parameter: dict[str, Any]) -> dict[str, Any]:
    """Remove null from a parameter, and write lists with commas, as queries do."""
    given = dict(parameter["schema"])
    if given.get("default", 0) is None:
        del given["default"]
    given.pop("nullable", None)
    if "enum" in given:
        given["enum"] = [value for value in given["enum"] if value is not None]
    tidy = {**parameter, "schema": given}
    if "example" in given:
        tidy["example"] = given.pop("example")
    if given.get("type") == "array":
        tidy |= {"style": "form", "explode": False}
    return tidy


def _without_default(parameter: dict[str, Any]) -> dict[str, Any]:
    """Say the default in words: a client that sends it whenever it has no value could not use the alias."""
    given = dict(parameter["schema"])
    if (value := given.pop("default", None)) is None:
        return parameter
    told = ",".join(value) if isinstance(value, list) else value
    return {**parameter, "schema": given, "description": f"{parameter['description']}; `{told}` by default"}


def _aliases(schema: type[Schema], parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the aliases of parameters, of which a request may use one."""
    aliases: dict[str, str] = getattr(schema, "aliases", {})
    known = {parameter["name"]: _tidy(parameter) for parameter in parameters}
    return [
        {
            **{key: value for key, value in known[of].items() if key in ("style", "explode")},
            "in": "query",
            "name": alias,
            "description": f"Alias of `{of}`; give only one of them",
            "required": False,
            "schema": {key: value for key, value in known[of]["schema"].items() if key != "default"},
        }
        for alias, of in aliases.items()
        if of in known
    ]
