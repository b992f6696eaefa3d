"""The OpenAPI document is complete and valid with recorded examples, and has a page."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from flask import Flask
from openapi_spec_validator import OpenAPIV30SpecValidator
from werkzeug.serving import make_server

from engine import create_app
from engine.web.cors import EXPOSED
from engine.web.endpoint import endpoint
from engine.web.openapi import Document
from engine.web.openapi._examples import FOLDER
from schemas import ErrorAnswer
from tests.documentation.recording import recorded
from tests.documented import AnswerChecker, watch
from tests.documented import Document as Described

__all__ = ["watch"]
Json = Any
SHOWS_IT = ("/docs", "/openapi.json", "/asyncapi.json", "/llms.txt", "/apidocs", "/metrics")
"""What shows the document is not in it."""
PAGES = {"/", "/chart", "/board", "/favicon.ico", "/manifest.webmanifest", "/assets/{version}/{name}"}
"""What people look at is none of a client's business."""


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return the application with default settings."""
    return create_app(cache_warming_enabled=False)


@pytest.fixture(scope="module")
def document(app: Flask) -> Json:
    """Return the application's document."""
    return app.test_client().get("/openapi.json").json


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield every operation with its path and method."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_made_when_it_is_first_asked_for() -> None:
    """The document is built at its first request, so that it contains routes that were added before."""
    app = create_app(cache_warming_enabled=False)
    app.add_url_rule("/more", endpoint="more.more", view_func=endpoint(answer=ErrorAnswer)(lambda: {}))

    assert "/more" in app.test_client().get("/openapi.json").text


def test_it_is_made_once(app: Flask) -> None:
    """Concurrent requests build the document once and get the same bytes."""
    made: list[Flask] = []

    def make(app: Flask) -> dict[str, Any]:
        made.append(app)
        return {"openapi": "3.0.3"}

    ready = Document(app, make)
    with ThreadPoolExecutor(8) as pool:
        files = list(pool.map(lambda _: ready.file(), range(50)))

    assert made == [app]
    assert len(set(map(id, files))) == 1


def test_a_client_that_has_it_gets_304(app: Flask) -> None:
    """A client with the current tag gets 304, and tags differ by encoding."""
    client = app.test_client()
    tags = set()
    for coding in ("", "gzip", "br", "zstd"):
        headers = {"Accept-Encoding": coding}
        tag = client.get("/openapi.json", headers=headers).headers["ETag"]
        again = client.get("/openapi.json", headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        tags.add(tag)

    assert len(tags) == 4


def test_it_is_a_valid_document_of_its_version(document: Json) -> None:
    """The document is valid by the schema of OpenAPI 3.0.3, including examples and defaults."""
    assert document["openapi"] == "3.0.3"
    assert [error.message for error in OpenAPIV30SpecValidator(document).iter_errors()] == []


def test_every_route_is_in_it(app: Flask, document: Json) -> None:
    """Every route is documented, except for pages, catch-alls and metrics."""
    routes = {
        rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith(".fallback")
    }

    assert set(document["paths"]) == {
        route for route in routes if not route.startswith(SHOWS_IT) and route not in PAGES
    }


ENDLESS = (
    "/api/stream",
    "/api/stream/sse",
    "/compat/binance/stream",
    "/compat/binance/ws",
    "/compat/binance/ws/{names}",
)
"""Streams, which a sample would read for ever."""


def test_every_operation_says_what_a_client_has_to_know(document: Json) -> None:
    """Every operation has a summary, a quota, failures, typed parameters and samples in three languages."""
    for path, _, operation in operations(document):
        assert operation["summary"], path
        assert "Quota: " in operation["description"] or "Not limited." in operation["description"], path
        if "x-failures" in operation:
            continue
        good = operation["responses"].get("200") or operation["responses"]["204"]
        assert {"400", "405", "500"} <= set(operation["responses"]), path
        labels = [sample["label"] for sample in operation["x-codeSamples"]]
        assert labels == ([] if path in ENDLESS else ["curl", "Python", "JavaScript"]), path
        for parameter in operation["parameters"]:
            assert parameter["schema"].get("type") or "anyOf" in parameter["schema"], (path, parameter)
            assert None not in parameter["schema"].get("enum", ()), (path, parameter)
            assert path.startswith("/compat/") or parameter["description"], (path, parameter)
        limited = "x-quota" in operation
        assert limited == ("429" in operation["responses"]) == ("401" in operation["responses"]), path
        assert limited == ("X-RateLimit-Remaining" in good.get("headers", {})), path


def test_failures_with_status_200_are_documented(document: Json) -> None:
    """A failure with status 200 and the good answer are documented with different members."""
    responses = document["paths"]["/compat/cryptocompare/v2/histohour"]["get"]["responses"]
    kinds = responses["200"]["content"]["application/json"]["schema"]["oneOf"]

    assert [kind["$ref"].rpartition("/")[2] for kind in kinds] == [
        "CryptocompareHistoryAnswer",
        "CryptocompareHistoryError",
    ]
    assert set(responses) == {"200", "405", "414", "431"}


def test_compatible_interfaces_document_source_and_age(document: Json) -> None:
    """A path of a compatible interface documents the headers for source and age, and its failures."""
    responses = document["paths"]["/api/crypto/prices/top"]["get"]["responses"]

    assert {"X-Data-Source", "X-Data-Quote", "Age", "Cache-Status"} <= set(responses["200"]["headers"])
    assert "503" in responses


def test_pages_elsewhere_may_read_every_header_that_is_documented(document: Json) -> None:
    """Pages on other sites may read every documented header, apart from those that are not for pages."""
    always = {"Cache-Control", "Vary", "X-Accel-Buffering"}

    assert set(document["components"]["headers"]) - always <= set(EXPOSED)


def test_parameters_are_what_the_schemas_check(document: Json) -> None:
    """Parameters are documented with the names, bounds and defaults of their schemas, in the same order."""
    parameters = {each["name"]: each for each in document["paths"]["/api/ohlcv"]["get"]["parameters"]}

    assert list(parameters) == [
        "symbol",
        "interval",
        "limit",
        "closedOnly",
        "startTime",
        "endTime",
        "asOf",
        "source",
        "fields",
        "format",
        "timeframe",
    ]
    assert parameters["limit"]["schema"] == {
        "type": "integer",
        "minimum": 50,
        "maximum": 1000,
        "default": 100,
    }
    assert parameters["timeframe"]["schema"]["enum"] == parameters["interval"]["schema"]["enum"]
    assert parameters["symbol"]["required"] is True
    analyze = document["components"]["schemas"]["AnalyzeBody"]
    assert analyze["properties"]["texts"]["maxItems"] == 100
    assert analyze["maxProperties"] == 1


def test_every_operation_shows_an_answer_that_its_schema_allows(document: Json) -> None:
    """Every operation has an example that its schema allows."""
    held = Described(document)
    for path, _, operation in operations(document):
        good = operation["responses"].get("200", {})
        content = good.get("content", {}).get("application/json")
        if content:
            assert held.wrong(content["schema"], content["example"]) == [], path
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            assert held.wrong(body["schema"], body["example"]) == [], path


def test_the_examples_are_what_the_engine_answers_today() -> None:
    """The examples equal the engine's current answers, apart from measured values."""
    import orjson

    written = {file.stem: orjson.loads(file.read_bytes()) for file in FOLDER.glob("*.json")}

    assert written == recorded()


def test_an_answer_that_is_not_documented_is_noticed(document: Json) -> None:
    """An undocumented field, type, status or header in an answer is found."""
    held = Described(document)
    good = {"ready": True}
    named = {"X-Request-ID": "one"}

    assert held.mistakes("GET", "/api/health/ready", 200, named, good) == []
    assert held.mistakes("GET", "/api/health/ready", 200, {}, good)
    assert held.mistakes("GET", "/api/health/ready", 200, named, {**good, "more": 1})
    assert held.mistakes("GET", "/api/health/ready", 200, named, {"ready": "yes"})
    assert held.mistakes("GET", "/api/health/ready", 200, named, {"ready": None})
    assert held.mistakes("GET", "/api/health/ready", 418, named, good)
    assert held.mistakes("GET", "/api/market/overview", 304, named, None)
    assert held.mistakes("GET", "/api/health/ready", 200, {**named, "X-Unheard-Of": "1"}, good)


def test_every_answer_in_other_tests_is_watched(app: Flask, document: Json, watch: AnswerChecker) -> None:
    """Every answer in other tests is checked, from a server and from an application in this process."""
    wrong = Flask(__name__)
    wrong.add_url_rule("/api/health/ready", view_func=lambda: {"ready": "yes"})

    assert app.test_client().get("/api/health").status_code == 200
    assert watch.mistakes == []
    wrong.test_client().get("/api/health/ready")
    assert watch.mistakes != []
    watch.mistakes.clear()
    with serving(wrong) as url:
        assert requests.get(f"{url}/api/health/ready", timeout=5).ok
    assert watch.mistakes != []


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` and yield its address."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def test_every_failure_that_any_request_may_meet_is_in_it(document: Json) -> None:
    """Every operation documents the failures that any request may meet, and the server's have one schema."""
    for path, method, operation in operations(document):
        responses = operation["responses"]
        if "x-failures" not in operation:
            assert {"400", "405", "413", "414", "431", "500"} <= set(responses), (path, method)
        assert responses["414"] == {"$ref": "#/components/responses/RequestUriTooLong"}, path
        assert responses["431"] == {"$ref": "#/components/responses/RequestHeaderFieldsTooLarge"}, path
    shared = document["components"]["responses"]
    shown = {
        name for name, response in shared.items() if "example" in response["content"]["application/json"]
    }
    assert set(shared) - shown == {
        "Forbidden",
        "InternalServerError",
        "RequestTimeout",
        "RequestUriTooLong",
        "RequestHeaderFieldsTooLarge",
        "UpgradeRequired",
    }
    assert "WWW-Authenticate" in shared["Unauthorized"]["headers"]
    assert "Allow" in shared["MethodNotAllowed"]["headers"]
    assert "X-RateLimit-Remaining" in shared["BadRequest"]["headers"]
    assert set(shared["RequestUriTooLong"]["headers"]) == {"Link", "X-Request-ID"}
