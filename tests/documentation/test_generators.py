"""Rules of the OpenAPI document beyond its version's, so that what generators make of it works."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError

from engine import create_app
from engine.web.openapi._operations import request
from engine.web.openapi._parameters import query

Json = Any
NAMES_OF_LANGUAGES = frozenset(
    "any array boolean buffer client date dict enum error event exception file float function int integer "
    "iterator list map none null number object option promise record request response set string "
    "symbol type url void".split()
)
"""What languages or generated clients call their own types, without regard to case."""


OF_KEYS = ("/api/alert-rules", "/api/history/jobs", "/api/stream/ticket")
"""The beginnings of paths that need a key."""


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return the application with default settings."""
    return create_app(cache_warming_enabled=False)


@pytest.fixture(scope="module")
def document(app: Flask) -> Json:
    """Return the application's document."""
    return app.test_client().get("/openapi.json").json


def parts(part: Json, name: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every object within a part of the document with its name; examples are none."""
    if isinstance(part, dict):
        yield str(part.get("name", name)), part
        for key, inner in part.items():
            if key not in ("example", "examples"):
                yield from parts(inner, name if key in ("schema", "items") else key)
    elif isinstance(part, list):
        for inner in part:
            yield from parts(inner, name)


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield every operation with its path."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def test_security_is_said_once(document: Json) -> None:
    """The document lets everybody in, with or without a key; an operation speaks only where it differs."""
    assert document["security"] == [{}, {"bearer": []}]
    assert list(document["components"]["securitySchemes"]) == ["bearer"]
    own = {path: operation["security"] for path, operation in operations(document) if "security" in operation}
    assert own == {
        "/api/health": [],
        "/api/health/ready": [],
        "/health": [],
        **{path: [{"bearer": []}] for path in own if path.startswith(OF_KEYS)},
    }


def test_every_value_of_an_enumeration_has_a_name(document: Json) -> None:
    """The values of an enumeration have names that differ in more than case, and begin with a letter."""
    found = 0
    for name, part in parts(document):
        values = part.get("enum")
        if isinstance(values, list) and values != [None]:
            names = part["x-enum-varnames"]
            found += 1
            assert len({one.lower() for one in names}) == len(values) == len(names), name
            assert all(re.fullmatch("[A-Z][A-Z0-9_]*", one) for one in names), (name, names)
    assert found > 50


def test_intervals_are_named_by_their_unit(document: Json) -> None:
    """A minute and a month, `1m` and `1M`, have different names."""
    [interval] = [
        it for it in document["paths"]["/api/ohlcv"]["get"]["parameters"] if it["name"] == "interval"
    ]
    named = dict(zip(interval["schema"]["x-enum-varnames"], interval["schema"]["enum"], strict=True))

    assert (named["MINUTE_1"], named["MONTH_1"], named["HOUR_12"]) == ("1m", "1M", "12h")


def test_no_enumeration_has_a_name_of_one_letter(document: Json) -> None:
    """A member or parameter of one letter is no enumeration: generators name types after their members."""
    assert [name for name, part in parts(document) if "enum" in part and len(name) == 1] == []


def test_what_excludes_another_parameter_has_no_default(document: Json) -> None:
    """A parameter with an alias says its default in words, since generated clients send every default."""
    parameters = {it["name"]: it for it in document["paths"]["/api/ohlcv"]["get"]["parameters"]}

    assert "default" not in parameters["interval"]["schema"]
    assert parameters["interval"]["description"].endswith("; `1h` by default")
    assert parameters["limit"]["schema"]["default"] == 100
    for path, operation in operations(document):
        by_name = {it["name"]: it for it in operation["parameters"]}
        for it in by_name.values():
            other = re.match("Alias of `(.+)`;", it.get("description", ""))
            assert not other or "default" not in by_name[other[1]]["schema"], (path, it["name"])


def test_defaults_can_be_sent(app: Flask) -> None:
    """Every sample is valid with all defaults of its operation beside it."""
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        if not hasattr(view, "query"):
            continue
        _, sample, _ = request(view, rule)
        defaults = {
            it["name"]: it["schema"]["default"]
            for it in query(view.query, rule.arguments)
            if "default" in it["schema"] and it["name"] not in sample
        }
        own = {it["name"]: it["example"] for it in query(view.query, set()) if "example" in it}
        texts = {
            name: str(value).lower() if value is True or value is False else str(value)
            for name, value in (own | sample | defaults).items()
        }
        try:
            view.query(unknown="exclude").load(texts)
        except ValidationError as error:
            pytest.fail(f"{rule.rule}: {error.messages}")


def test_a_default_is_what_absence_means(document: Json) -> None:
    """The list of coins has no default limit, because with any parameter its answer is another one."""
    parameters = {it["name"]: it for it in document["paths"]["/api/symbols"]["get"]["parameters"]}

    assert all("default" not in it["schema"] for it in parameters.values())
    assert parameters["limit"]["description"].endswith("100 by default")


def test_schemas_have_names_that_any_language_takes(document: Json) -> None:
    """A schema's name is a word in capitals, not a language's own, nor that of one of its members."""
    schemas = document["components"]["schemas"]

    assert len({name.lower() for name in schemas}) == len(schemas)
    for name, schema in schemas.items():
        assert re.fullmatch("([A-Z][a-z0-9]+)+", name), name
        assert name.lower() not in NAMES_OF_LANGUAGES
        assert name.lower() not in {member.replace("_", "").lower() for member in schema["properties"]}, name
        assert "d" not in schema["properties"], "the name of a variable of openapi-python-client"


def test_texts_are_no_bytes(document: Json) -> None:
    """A medium that is text has a schema of text, and a file one of bytes."""
    content = document["paths"]["/api/export"]["get"]["responses"]["200"]["content"]

    assert content["text/csv"]["schema"].get("format") is None
    assert content["application/vnd.apache.parquet"]["schema"]["format"] == "binary"
