"""Make the OpenAPI document of all endpoints."""

from collections.abc import Iterable, Iterator
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flasgger import Swagger
from flask import Flask
from marshmallow import Schema

from engine.concurrency.yielding import cooperatively
from engine.version import VERSION
from engine.web.openapi import (
    _codes,
    _failures,
    _generators,
    _headers,
    _operations,
    _parameters,
    _rules,
    _tags,
)
from engine.web.openapi._titles import SUMMARY, TITLE

FLASGGER: dict[str, Any] = {
    "openapi": "3.0.3",
    "headers": [],
    "specs": [{"endpoint": "openapi", "route": "/openapi.json", "rule_filter": lambda rule: False}],
    "swagger_ui": False,
    "title": TITLE,
}
KEYS = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, which raises the quotas. `X-API-Key` takes it, too.",
    }
}
ANYONE: list[dict[str, list[str]]] = [{}, {"bearer": []}]
"""Who may call an operation that says nothing else: everybody, with a key or without one."""


def document(app: Flask) -> dict[str, Any]:
    """Return the document as flasgger serves it, in the order in which it was built."""
    built = build(app)
    swagger = Swagger(config=FLASGGER, template=built)
    swagger.app = app  # its route is there since the start, without flasgger
    served = swagger.get_apispecs("openapi")
    return {name: served[name] for name in built}


def build(app: Flask) -> dict[str, Any]:
    """Build the document, with a path for each rule whose view is an `@endpoint`."""
    plugin = MarshmallowPlugin(schema_name_resolver=_named)
    spec = APISpec(
        TITLE,
        VERSION,
        "3.0.3",
        info={"description": SUMMARY + _codes.explained(), "license": {"name": "MIT"}},
        servers=[{"url": "/"}],
        security=ANYONE,
        tags=_tags.described(),
        **{"x-tagGroups": _tags.groups()},
        plugins=[plugin],
    )
    assert plugin.converter is not None  # noqa: S101 - made by APISpec
    _parameters.prepare(plugin.converter)
    for name, scheme in KEYS.items():
        spec.components.security_scheme(name, scheme)
    for name, header in _headers.HEADERS.items():
        spec.components.header(name, header)
    _failures.describe(spec)
    for rule, view in cooperatively(sorted(_rules.documented(app), key=lambda one: _rules.position(one[0]))):
        spec.path(_rules.path(rule), operations=_operations.operations(view, rule, app))
    finished: dict[str, Any] = spec.to_dict()
    for schema in _bodies(app):
        finished["components"]["schemas"][_named(schema)] |= schema.documented
    _generators.adapt(finished)
    return finished


def _bodies(app: Flask) -> Iterator[Any]:
    """Yield the schemas of bodies that document more than their fields."""
    views: Iterable[Any] = app.view_functions.values()
    for view in views:
        if getattr(view, "body", None) and hasattr(view.body, "documented"):
            yield view.body


def _named(schema: type[Schema] | Schema) -> str:
    """Return a schema's unique name: schemas of the same name are prefixed with their module."""
    kind = schema if isinstance(schema, type) else type(schema)
    module = kind.__module__.removeprefix("schemas.").split(".")
    prefix = module[-1].strip("_").partition("_")[0].title() if module[0] == "compat" else ""
    return prefix + kind.__name__.removeprefix(prefix)
