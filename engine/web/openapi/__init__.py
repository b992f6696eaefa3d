"""The OpenAPI 3.0.3 document, made from the validating schemas, and the AsyncAPI document of streams.

The page at /docs shows both.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flasgger import Swagger
from flask import Flask, Response
from marshmallow import Schema
from werkzeug.routing import Rule

from engine.concurrency.yielding import cooperatively
from engine.version import VERSION
from engine.web.openapi import (
    _asyncapi,
    _codes,
    _failures,
    _generators,
    _guide,
    _headers,
    _operations,
    _parameters,
    _reference,
    _rules,
    _tags,
)
from engine.web.pages import File, send

TITLE = "Crypto data engine"
SUMMARY = """\
One reliable HTTP service in front of a dozen unreliable cryptocurrency market-data APIs.

Answers contain no invented data: old data is marked as stale, and missing data is an error with reasons.
Answers carry their age, and a tag for conditional requests. The engine needs no API key. A key raises the
quotas, which are counted for each address or key. Messages of streams are in the
[AsyncAPI document](/asyncapi.json).
"""
FLASGGER: dict[str, Any] = {
    "openapi": "3.0.3",
    "headers": [],
    "specs": [{"endpoint": "openapi", "route": "/openapi.json", "rule_filter": lambda rule: False}],
    "swagger_ui": False,
    "title": TITLE,
}
HOUR = "public, max-age=3600"
KEYS = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, which raises the quotas. `X-API-Key` takes it, too.",
    }
}
ANYONE: list[dict[str, list[str]]] = [{}, {"bearer": []}]
"""Who may call an operation that says nothing else: everybody, with a key or without one."""


class Document:
    """The document of `app` as bytes, built for its first request, so that workers start without it."""

    def __init__(self, app: Flask, make: Callable[[Flask], dict[str, Any]]) -> None:
        self._app, self._make = app, make
        self._lock = threading.Lock()
        self._file: File | None = None

    def file(self) -> File:
        """Return the document; one caller builds it while the others wait."""
        with self._lock:
            if self._file is None:
                self._file = File(orjson.dumps(self._make(self._app)), "application/json")
            return self._file


def register(app: Flask) -> None:
    """Serve the document of all endpoints of `app` at /openapi.json, and its page at /docs."""
    Swagger(app, config=FLASGGER)
    lazy = Document(app, document)

    def get_document() -> Response:
        return send(lazy.file(), "no-store")

    app.view_functions["flasgger.openapi"] = get_document

    streams = Document(app, _asyncapi.document)

    @app.get("/asyncapi.json")
    def get_streams() -> Response:
        """Serve the AsyncAPI document of streams."""
        return send(streams.file(), "no-store")

    @app.get("/llms.txt")
    def get_guide() -> Response:
        """Serve what a language model has to know of the engine."""
        return send(guide(), HOUR)

    @cache
    def guide() -> File:
        return File(_guide.guide(app).encode(), "text/plain")

    app.register_blueprint(_reference.bp)


def document(app: Flask) -> dict[str, Any]:
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
    for rule, view in cooperatively(sorted(_documented(app), key=lambda one: _rules.position(one[0]))):
        spec.path(_rules.path(rule), operations=_operations.operations(view, rule, app))
    finished: dict[str, Any] = spec.to_dict()
    for schema in _bodies(app):
        finished["components"]["schemas"][_named(schema)] |= schema.documented
    _generators.adapt(finished)
    return finished


def paths(app: Flask) -> list[str]:
    """Return the paths of all endpoints."""
    return sorted({_rules.path(rule) for rule, _ in _documented(app)})


def _documented(app: Flask) -> Iterator[tuple[Rule, Any]]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "query"):
            yield rule, view


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
