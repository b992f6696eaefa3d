"""Routes build the addresses that werkzeug builds, and only when one is wanted."""

import pytest
from flask import Flask, url_for
from werkzeug.routing import Map, Rule

from engine import create_app
from engine.web.routing import Route
from tests import routes


def test_a_start_compiles_no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule of the first application of a process compiles its builders at a start."""
    compiled: list[str] = []
    monkeypatch.setattr(Flask, "url_map_class", Map)
    monkeypatch.setattr(Flask, "add_url_rule", routes.ADD_RULE)
    monkeypatch.setattr(Rule, "_compile_builder", lambda rule, unknown=True: compiled.append(rule.rule))

    app = create_app(cache_warming_enabled=False)

    assert {type(rule) for rule in app.url_map.iter_rules()} == {Route}
    assert compiled == []


def test_addresses_are_those_of_werkzeug() -> None:
    """Values fill a path or become a query, as with the rules of werkzeug."""
    built = []
    for kind in (Rule, Route):
        app = Flask(__name__)
        app.url_rule_class = kind
        app.add_url_rule("/<path:name>/<int:page>", endpoint="page")
        with app.test_request_context():
            built.append([url_for("page", name="a/b c", page=2, rule="x", q="d&e") for _ in range(2)])

    assert built == [["/a/b%20c/2?rule=x&q=d%26e"] * 2] * 2
