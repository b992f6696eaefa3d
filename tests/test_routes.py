"""Applications of tests, which share their rules, route as others do."""

import pytest
from flask import Flask
from werkzeug.routing import Map

from tests import routes

PATHS = ("/a", "/a/", "/b", "/b/", "/c//d", "/c/d", "/e/7", "/e/x")


def app(strict: str) -> Flask:
    """Return an application that is strict about slashes, or not, from before or after its routes."""
    made = Flask(__name__)
    if strict == "not before":
        made.url_map.strict_slashes = False
    for rule in ("/a/", "/b", "/c/d", "/e/<int:number>"):
        made.add_url_rule(rule, rule, lambda **values: f"{values}")
    if strict == "not after":
        made.url_map.strict_slashes = False
    return made


def answers(strict: str) -> list[tuple[int, str]]:
    """Return the status and the body or the new address of each path."""
    client = app(strict).test_client()
    given = [client.get(path) for path in PATHS]
    return [(one.status_code, one.headers.get("Location", one.text)) for one in given]


def test_shared_rules_are_those_of_flask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each application answers as one of Flask, also where another one has the same rules."""
    kinds = ("strict", "not before", "not after") * 2
    shared = [answers(kind) for kind in kinds]
    monkeypatch.setattr(Flask, "url_map_class", Map)
    monkeypatch.setattr(Flask, "add_url_rule", routes.ADD_RULE)
    own = [answers(kind) for kind in kinds]

    assert shared == own
    assert own[0] == own[2] != own[1]
