"""Comparison of answers with the OpenAPI document. A difference is a defect of one of them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from jsonschema_rs import Draft4Validator
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from engine import create_app
from tests.untraced import unmeasured

Json = Any
WHOLE = "urn:document"
ENOUGH = 10
"""How many answers of a kind are held against the document in one test."""
SELF_EVIDENT = frozenset(
    "access-control-allow-origin access-control-expose-headers cache-control connection content-encoding "
    "content-length content-security-policy content-type date keep-alive referrer-policy server "
    "transfer-encoding vary x-content-type-options".split()
)
"""Headers that the document need not name: HTTP's own, the same on every answer."""


class Document:
    """An engine's document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.paths: Mapping[str, Any] = document["paths"]
        resource = Resource.from_contents(document, default_specification=DRAFT4)
        self._registry: Registry[Any] = Registry().with_resource(WHOLE, resource)
        rules = [
            Rule(path.replace("{", "<path:").replace("}", ">"), endpoint=path, methods=[method])
            for path, operations in self.paths.items()
            for method in operations
        ]
        self._components = _in_draft_4(document["components"])
        self._fast: dict[str, Draft4Validator] = {}
        self._routes = Map(rules, strict_slashes=False).bind("localhost")

    def path(self, method: str, path: str) -> str | None:
        """Return the documented path that `path` belongs to, or `None`."""
        try:
            endpoint, _ = self._routes.match(path, "GET" if method == "HEAD" else method)
        except HTTPException:
            return None
        return str(endpoint)

    def mistakes(
        self, method: str, path: str, status: int, headers: Mapping[str, str], body: Json
    ) -> list[str]:
        """Return the undocumented parts of an answer. Pages and unknown paths are ignored."""
        known = self.path(method, path)
        if known is None:
            return []
        operation = self.paths[known][method.lower().replace("head", "get")]
        response = operation["responses"].get(str(status))
        if response is None:
            return [f"{method} {known}: {status} is not documented"]
        response = self._resolved(response)
        kind = headers.get("Content-Type", "application/json").partition(";")[0]
        if response.get("content") and kind not in response["content"] and status != 304:
            return [f"{method} {known} {status}: {kind} is not documented"]
        content = response.get("content", {}).get(kind, {}) if kind == "application/json" else {}
        given = {name.lower() for name in headers}
        documented_headers = {name.lower() for name in response.get("headers", {})}
        without_source = "x-data-source" in documented_headers and headers.get("Cache-Control") == "no-store"
        due = {name for name in documented_headers if _is_due(name) and not without_source}
        wrong = [f"{method} {known} {status}: no header {name}" for name in sorted(due - given)]
        wrong += [
            f"{method} {known} {status}: {name} is not documented"
            for name in sorted(given - documented_headers - SELF_EVIDENT)
        ]
        is_packed = body is None and "content-encoding" in given
        if method != "HEAD" and content and not is_packed:
            wrong += self.wrong(content["schema"], body)
        return wrong

    def wrong(self, schema: Mapping[str, Any], body: Json) -> list[str]:
        """Return the differences between `body` and `schema`."""
        if self._allows(schema, body):
            return []
        validator = OAS30Validator(_absolute(schema), registry=self._registry)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]

    def _allows(self, schema: Mapping[str, Any], body: Json) -> bool:
        """Return whether `body` is valid, in a hundredth of the time that `wrong` takes."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._fast:
            whole = {"allOf": [_in_draft_4(schema)], "components": self._components}
            self._fast[key] = Draft4Validator(whole)
        return self._fast[key].is_valid(body)

    def _resolved(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in response:
            return response
        found: Mapping[str, Any] = self._registry.resolver().lookup(WHOLE + response["$ref"]).contents
        return found


class AnswerChecker:
    """A checker that compares the answers in a test with the document."""

    def __init__(self, document: Document) -> None:
        self.mistakes: list[str] = []
        self._document = document
        self._seen: Counter[tuple[str | None, int]] = Counter()

    @unmeasured()
    def see(
        self,
        method: str,
        path: str,
        status: int,
        headers: Mapping[str, str],
        content: Callable[[], bytes],
    ) -> None:
        """Check an answer, `ENOUGH` times for each path and status. Only the engine's content is read."""
        kind = (self._document.path(method, path), status)
        self._seen[kind] += 1
        if kind[0] and self._seen[kind] <= ENOUGH:
            is_json = headers.get("Content-Type", "").startswith("application/json")
            body = json.loads(content() or b"null") if is_json else None
            self.mistakes += self._document.mistakes(method, path, status, headers, body)


@cache
@unmeasured()
def own_document() -> Document:
    """Return the engine's own document. Tests of the document build it with the tracer."""
    return Document(create_app(cache_warming_enabled=False).test_client().get("/openapi.json").get_json())


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> AnswerChecker:
    """Check every answer that this process gets from a server or an application."""
    watch = AnswerChecker(own_document())
    send, open_ = requests.Session.send, FlaskClient.open

    def sent(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> Any:
        response = send(self, request, **options)
        path = urlsplit(str(request.url)).path
        watch.see(str(request.method), path, response.status_code, response.headers, lambda: response.content)
        return response

    def opened(self: FlaskClient, *arguments: Any, **options: Any) -> Any:
        response = open_(self, *arguments, **options)
        asked = response.request
        watch.see(
            asked.method,
            asked.path,
            response.status_code,
            dict(response.headers),
            lambda: _unpacked(response),
        )
        return response

    monkeypatch.setattr(requests.Session, "send", sent)
    monkeypatch.setattr(FlaskClient, "open", opened)
    return watch


@pytest.fixture(autouse=True)
def documented(watch: AnswerChecker) -> Iterator[None]:
    """Fail a test that gets an undocumented answer."""
    yield
    assert not watch.mistakes, watch.mistakes


def _unpacked(response: Any) -> bytes:
    """Return an answer's body, or nothing if it is compressed: uncompressed ones are checked."""
    return b"" if response.headers.get("Content-Encoding") else bytes(response.data)


def _is_due(name: str) -> bool:
    """Return whether every answer must have a documented header. Those of quotas and sources are optional."""
    return not name.startswith(("x-ratelimit", "ratelimit", "x-data", "x-mbx")) and name not in (
        "retry-after",
        "allow",
        "link",
    )


def _in_draft_4(schema: Any) -> Any:
    """Return the schema as JSON Schema, which lacks OpenAPI 3.0's `nullable`."""
    if isinstance(schema, Mapping):
        words = {name: _in_draft_4(value) for name, value in schema.items()}
        if words.get("nullable") is True and isinstance(words.get("type"), str):
            words["type"] = [words["type"], "null"]
        return words
    return [_in_draft_4(one) for one in schema] if isinstance(schema, list) else schema


def _absolute(schema: Any) -> Any:
    """Return the schema with references that name the document."""
    if isinstance(schema, Mapping):
        return {
            key: WHOLE + value if key == "$ref" and value.startswith("#") else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(one) for one in schema] if isinstance(schema, list) else schema
