"""Holding answers against the OpenAPI document: what it does not describe is a defect of one of the two."""

from collections.abc import Mapping
from typing import Any

from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

Json = Any
WHOLE = "urn:document"


class Document:
    """The document of one engine."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.paths: Mapping[str, Any] = document["paths"]
        resource = Resource.from_contents(document, default_specification=DRAFT4)
        self._registry: Registry[Any] = Registry().with_resource(WHOLE, resource)
        rules = [
            Rule(path.replace("{", "<path:").replace("}", ">"), endpoint=path, methods=[method])
            for path, operations in self.paths.items()
            for method in operations
        ]
        self._routes = Map(rules, strict_slashes=False).bind("localhost")

    def path(self, method: str, path: str) -> str | None:
        """The documented path that `path` belongs to, `None` where there is none."""
        try:
            endpoint, _ = self._routes.match(path, "GET" if method == "HEAD" else method)
        except HTTPException:
            return None
        return str(endpoint)

    def mistakes(
        self, method: str, path: str, status: int, headers: Mapping[str, str], body: Json
    ) -> list[str]:
        """What of an answer the document does not say. Pages and unknown addresses are not judged."""
        known = self.path(method, path)
        if known is None:
            return []
        operation = self.paths[known][method.lower().replace("head", "get")]
        response = operation["responses"].get(str(status))
        if response is None:
            return [f"{method} {known}: {status} is not documented"]
        response = self._resolved(response)
        missing = [name for name in response.get("headers", {}) if name not in headers and _due(name)]
        wrong = [f"{method} {known} {status}: no header {name}" for name in missing]
        if method != "HEAD" and (content := response.get("content", {}).get("application/json")):
            wrong += self.wrong(content["schema"], body)
        return wrong

    def wrong(self, schema: Mapping[str, Any], body: Json) -> list[str]:
        """How `body` differs from `schema`."""
        validator = OAS30Validator(_absolute(schema), registry=self._registry)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]

    def _resolved(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in response:
            return response
        found: Mapping[str, Any] = self._registry.resolver().lookup(WHOLE + response["$ref"]).contents
        return found


def _due(name: str) -> bool:
    """Quotas may be switched off, gaps are named where there are any, a wait where one is known."""
    return not (name.startswith(("X-RateLimit", "RateLimit", "X-Data")) or name == "Retry-After")


def _absolute(schema: Any) -> Any:
    """The schema with references that say in which document they are."""
    if isinstance(schema, Mapping):
        return {
            key: WHOLE + value if key == "$ref" and value.startswith("#") else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(one) for one in schema] if isinstance(schema, list) else schema
