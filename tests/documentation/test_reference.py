"""The page at /docs shows every request and message, in a browser and without the network."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from engine import create_app
from engine.server import _refusing
from engine.web import errors
from engine.web.openapi import _codes, _tags
from tests.engine.web.pages.browser import Visit
from tests.running import ROOT

PATIENCE = 60_000
"""Milliseconds that the page may take: it is five megabytes of script, and the machine may be busy."""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
ONE_LINE = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getClientRects().length === 1;
}"""
OWN = ["Market data", "Live", "Kept data", "Operation", "Existing clients"]
"""The groups of the page, in their order."""


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return the application with default settings."""
    return create_app(cache_warming_enabled=False)


@pytest.fixture(scope="module")
def url(app: Flask) -> Iterator[str]:
    """Yield the address of a server of the application."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def document(app: Flask) -> Any:
    """Return the application's document."""
    return app.test_client().get("/openapi.json").json


def opened(browser: Browser, url: str, **options: Any) -> Visit:
    """Return a visit that has the page before it."""
    visit = Visit(browser, url, **options)
    visit.context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    visit.open("/docs").get_by_role("heading", name="Crypto data engine").first.wait_for()
    return visit


@pytest.fixture(scope="module")
def visit(browser: Browser, url: str) -> Iterator[Visit]:
    """Open the page once for all tests that only look at it."""
    visit = opened(browser, url, color_scheme="dark")
    yield visit
    visit.close()


@pytest.fixture
def page(visit: Visit) -> Page:
    """Return the opened page."""
    return visit.page


def test_every_operation_has_a_tag_in_plain_words(document: Any) -> None:
    """Each operation has one tag of the table, each tag has operations, and each has its group."""
    used = [one["tags"] for methods in document["paths"].values() for one in methods.values()]
    names = [tag.name for tag in _tags.ALL]

    assert {name for tags in used for name in tags} == set(names)
    assert all(len(tags) == 1 for tags in used)
    assert [tag["name"] for tag in document["tags"]] == names
    assert [name for group in document["x-tagGroups"] for name in group["tags"]] == names


def test_the_interface_of_the_engine_stands_first(document: Any) -> None:
    """Paths follow the order of the tags, so that those of existing clients come last."""
    order = [one["tags"][0] for methods in document["paths"].values() for one in methods.values()]

    assert list(dict.fromkeys(order)) == [tag.name for tag in _tags.ALL]
    assert next(iter(document["paths"])) == "/api/ohlcv"


def test_no_two_operations_of_a_view_read_alike(document: Any) -> None:
    """The forms of one request differ in their titles: plain, by path, and as CSV."""
    paths = document["paths"]
    titles = [paths[path]["get"]["summary"] for path in paths if path.startswith("/api/ohlcv")]

    assert len(set(titles)) == len(titles) == 5


def test_every_code_is_explained() -> None:
    """Each code that the engine sends is in the table of the page, which docs/api.md repeats."""
    sources = [file.read_text() for file in (ROOT / "engine").rglob("*.py") if "compat" not in file.parts]
    sent = {code for text in sources for code in re.findall(r'\bcode(?:: str)? ?= ?"([A-Z_]+)"', text)}
    documented = (ROOT / "docs/api.md").read_text().partition("## Failures")[2]
    refused = {code: status for status, code in _refusing.CODES.items()}

    assert {code: _codes.CODES[code][0] for code in refused} == refused
    assert sent | set(errors.FRAMEWORK_CODES.values()) | set(_refusing.CODES.values()) <= set(_codes.CODES)
    _, beginning, rows = _codes.explained().partition("\n\n| code |")
    assert rows
    assert documented.endswith(f"{beginning}{rows}\n")


@pytest.mark.parametrize("form", ["*/*", "application/problem+json"])
def test_a_failure_leads_to_its_explanation(app: Flask, form: str) -> None:
    """A failure in any form of the engine's own has a link to the table of codes."""
    failure = app.test_client().get("/api/ohlcv?symbol=DOGEE", headers={"Accept": form})

    assert failure.headers["Link"] == '</docs#http/description/failures>; rel="help"'


def test_groups_are_in_the_menu(page: Page) -> None:
    """The menu has the groups in order, with the interface of the engine first."""
    menu = page.locator("aside").first.inner_text().split("\n")

    assert [line for line in menu if line in OWN] == OWN


def test_samples_are_shown(page: Page) -> None:
    """A request is shown in curl, and Python and JavaScript are in the list beside it; nothing else is."""
    page.goto(page.url.partition("#")[0] + "#http/tag/candles/GET/api/ohlcv")
    page.get_by_text("curl --fail-with-body").first.wait_for()
    expect(page.get_by_text(f"{page.url.partition('/docs')[0]}/api/ohlcv?").first).to_be_visible()
    page.get_by_role("button", name="curl").first.click()
    offered = page.get_by_role("option").all_inner_texts()

    page.get_by_role("option", name="Python").click()
    expect(page.get_by_text("import requests").first).to_be_visible()
    assert offered == ["curl", "Python", "JavaScript"]


def test_operations_are_searched(page: Page) -> None:
    """Words of a title or a path lead to an operation."""
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("past minute")
    expect(page.get_by_role("option").filter(has_text="/api/prices/at").first).to_be_visible()
    page.keyboard.press("Escape")


def test_a_request_can_be_tried(page: Page) -> None:
    """The page sends a request to this server and shows its answer."""
    page.goto(page.url.partition("#")[0] + "#http/tag/health/GET/api/health")
    page.get_by_role("button", name="Test Request (get /api/health)").click()
    page.get_by_role("button", name="Send").first.click()

    expect(page.get_by_text("200 OK").first).to_be_visible()


def test_it_is_dark_where_the_system_is(page: Page) -> None:
    """The colours follow the system."""
    assert "dark-mode" in (page.locator("body").get_attribute("class") or "")


def test_messages_of_streams_are_shown(visit: Visit) -> None:
    """The AsyncAPI document is the second one of the page."""
    page = visit.page
    page.goto(f"{visit.url}/docs#streams/introduction")
    page.reload()
    page.get_by_text("/api/stream").first.wait_for()

    assert visit.asked_for("/asyncapi.json")


def test_the_link_of_a_failure_leads_to_the_table(visit: Visit) -> None:
    """The page scrolls to the table of codes."""
    visit.page.goto(f"{visit.url}/docs#http/description/failures")
    visit.page.reload()

    expect(visit.page.get_by_role("heading", name="Failures").first).to_be_in_viewport()
    expect(visit.page.get_by_role("cell", name="RATE_LIMITED").first).to_be_visible()


def test_a_phone_has_it_whole(browser: Browser, url: str) -> None:
    """At 390 pixels no operation is wider than the screen, codes are whole, and a button opens the menu."""
    visit = opened(browser, url, **PHONE, is_mobile=True)
    page = visit.page
    rows = page.locator(".markdown table").first.locator("tr")
    status = rows.nth(1).locator("td").nth(1).evaluate(ONE_LINE)
    name = rows.nth(1).locator("code").first.evaluate(ONE_LINE)
    page.goto(f"{url}/docs#http/tag/prices/GET/api/prices")
    expect(page.locator("header").get_by_text("Get the median price of each coin")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    page.get_by_role("button", name="Open Menu").click()
    expect(page.get_by_text("Existing clients").locator("visible=true").first).to_be_visible()
    visit.close()

    assert width <= 390
    assert status
    assert name
    assert visit.asked_elsewhere() == visit.complaints() == []


def test_it_loads_nothing_from_elsewhere(visit: Visit) -> None:
    """No request left this server, and nothing violated the policy of scripts from here alone."""
    policy = visit.page.request.get(f"{visit.url}/docs").headers["content-security-policy"]

    assert visit.asked_elsewhere() == visit.complaints() == []
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy
