"""The OpenAPI 3.0.3 document, from the schemas that validate; flasgger shows it at /docs."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flasgger import Swagger
from flask import Flask, Response
from marshmallow import Schema
from werkzeug.routing import Rule

from engine.version import VERSION
from schemas import CodedField, ErrorAnswer

SUMMARY = "One reliable HTTP service in front of a dozen unreliable cryptocurrency market-data APIs."
FLASGGER: dict[str, Any] = {
    "openapi": "3.0.3",
    "headers": [],
    "specs": [{"endpoint": "openapi", "route": "/openapi.json", "rule_filter": lambda rule: False}],
    "static_url_path": "/docs/static",
    "swagger_ui": True,
    "specs_route": "/docs",
    "oauth_redirect": "/docs/oauth2-redirect.html",
    "title": "Crypto data engine",
    "hide_top_bar": True,
}
START = """
window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", validatorUrl: null, deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis]
});
"""


def register(app: Flask) -> None:
    """Serve the document of all of `app`'s endpoints at /openapi.json, and a page of it at /docs."""
    Swagger(app, config=FLASGGER, template=document(app))

    @app.get("/docs/start.js")
    def start_docs() -> Response:
        """A file of its own, so that the page needs no script inside."""
        return Response(START, mimetype="text/javascript")


def document(app: Flask) -> dict[str, Any]:
    """The document: a path for each rule whose view is an `@endpoint`."""
    plugin = MarshmallowPlugin()
    spec = APISpec("Crypto data engine", VERSION, "3.0.3", info={"description": SUMMARY}, plugins=[plugin])
    assert plugin.converter is not None  # noqa: S101 - made by APISpec
    plugin.converter.field_mapping[CodedField] = ("string", None)
    spec.components.schema("Error", schema=ErrorAnswer)
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        if hasattr(view, "query"):
            path = rule.rule.replace("<path:", "{").replace(">", "}")
            spec.path(path, operations={"post" if view.body else "get": _operation(view, rule)})
    made: dict[str, Any] = spec.to_dict()
    return made


def _operation(view: Any, rule: Rule) -> dict[str, Any]:
    summary, *_ = (view.__doc__ or "").splitlines()
    answer: Any = view.answer
    if view.many:
        answer = {"type": "array", "items": view.answer}
    sent = {"requestBody": {"required": True, "content": {"application/json": {"schema": view.body}}}}
    return {
        **(sent if view.body else {}),
        "summary": summary,
        "operationId": rule.endpoint.replace(".", "_") + ("_of" if rule.arguments else ""),
        "parameters": [
            *(
                {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}
                for name in rule.arguments
            ),
            {"in": "query", "schema": _without(view.query, rule.arguments)},
        ],
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": answer}}},
            "default": {
                "description": "A failure",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }


def _without(query: type[Schema], names: set[str]) -> Schema:
    """The query's schema less what already stands in the path."""
    return query(exclude=names)
