"""`/llms.txt` has the form of llmstxt.org, and names what the engine serves."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from engine import create_app
from tests.clock import Clock
from tests.engine.web.conftest import settings_for
from tests.upstreams import StandIn

LINK = re.compile(r"- \[([^\]]+)\]\(([^)]+)\): \S.+")


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    """Yield a client of an application without history and news."""
    clock = Clock()
    with StandIn(clock=clock) as stand_in:
        yield create_app(clock, **settings_for(stand_in), history_enabled=False).test_client()


def links(client: FlaskClient) -> dict[str, dict[str, str]]:
    """Return the addresses by their names, by section."""
    _, *sections = client.get("/llms.txt").text.split("\n## ")
    return {
        section.partition("\n")[0]: dict(LINK.findall(section.partition("\n")[2])) for section in sections
    }


def test_it_has_the_form_of_its_kind(client: FlaskClient) -> None:
    """It has a title, a summary, and sections with nothing but links; what can be left out comes last."""
    answer = client.get("/llms.txt")
    title, _, summary, *_ = answer.text.splitlines()
    _, *sections = answer.text.split("\n## ")

    assert answer.content_type.startswith("text/plain")
    assert title.startswith("# ")
    assert summary.startswith("> ")
    assert list(links(client)) == ["Documentation", "Endpoints", "Optional"]
    for section in sections:
        assert all(LINK.fullmatch(line) for line in section.splitlines()[1:] if line)


def test_every_link_leads_somewhere(client: FlaskClient) -> None:
    """Each link is a route with its method; the recorded examples are the answers to those of endpoints."""
    routes = client.application.url_map.bind("localhost")
    for section in links(client).values():
        for name, address in section.items():
            method = "POST" if name.startswith(("POST", "MCP")) else "GET"
            endpoint, _ = routes.match(address.partition("?")[0], method)
            assert not endpoint.endswith(".fallback"), address


def test_it_names_every_endpoint_that_is_enabled(client: FlaskClient) -> None:
    """All own endpoints are named but tables, streams, things with an id and what is switched off."""
    views = client.application.view_functions
    served = {
        rule.rule.replace("<path:", "{").replace(">", "}")
        for rule in client.application.url_map.iter_rules()
        if hasattr(views[rule.endpoint], "query")
        and views[rule.endpoint].__module__.startswith("engine.web.api.")
        and not rule.rule.endswith(".csv")
        and "<id>" not in rule.rule
    }

    named = {name.partition(" ")[2] for name in links(client)["Endpoints"]}
    assert named == served - {"/api/news"}
    assert len(named) > 20
