"""Whom the pages serve: every language, zone, size and finger, and users of assistive technology."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.engine.web.compat.released import NODE, prepare
from tests.engine.web.pages.browser import alter
from tests.engine.web.pages.conftest import Open
from tests.engine.web.pages.test_market import WIDTH, cell, is_loaded

AXE = NODE / "node_modules/axe-core/axe.min.js"
SHIFTS = """window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary, [tabindex='0']")]
  .filter(each => each.offsetParent && each.checkVisibility({ visibilityProperty: true }))
  .map(each => [each.getBoundingClientRect(), each.outerHTML.slice(0, 90)])
  .filter(([box]) => Math.min(box.width, box.height) < 43.9)
  .map(([box, html]) => `${box.width} x ${box.height}: ${html}`)"""
FINGERS = {"has_touch": True, "is_mobile": True}
LOADED: dict[str, Callable[[Page], None]] = {
    "/": is_loaded,
    "/chart": lambda page: expect(page.locator("#chart[data-state=fresh]")).to_be_visible(),
}


@pytest.mark.parametrize(("locale", "zone"), [("fa-IR", "Asia/Tehran"), ("de-DE", "Europe/Berlin")])
def test_digits_dates_and_units_are_those_of_the_page(locale: str, zone: str, visit: Open) -> None:
    """An English page has English digits, dates and units in every browser, and nothing is too wide."""
    user = visit(locale=locale, timezone_id=zone, viewport={"width": 1440, "height": 900})
    page = user.open()
    is_loaded(page)

    text = page.locator("main").inner_text()
    assert not re.search(r"[\u0660-\u0669\u06f0-\u06f9]|Mrd|Bio\b", text)
    assert re.search(r"\$\d\.\d+T", page.locator("#overview").inner_text())
    assert re.fullmatch(r"[+-]\d+\.\d\d%|0\.00%", cell(page, "BTC", "change24h").inner_text())
    said = page.locator("[data-candles]").get_attribute("aria-valuetext") or ""
    assert re.match(r"\d{1,2} [A-Z][a-z]{2} 20\d\d, \d\d:00 UTC, O ", said)
    wide, room = page.evaluate(WIDTH)
    assert wide <= room


def test_times_are_of_utc_or_of_the_device(visit: Open) -> None:
    """Every time has the name of its zone, which a switch changes for later visits, too."""
    user = visit(timezone_id="Asia/Kolkata")
    page = user.open()
    is_loaded(page)
    box, switch = page.locator("[data-candles]"), page.get_by_role("button", name="Time zone")
    expect(switch).to_have_text(re.compile("UTC$"))
    expect(page.locator("[data-chart-note]")).to_contain_text("times in UTC;")
    switch.click()
    expect(switch).to_have_text(re.compile(r"UTC\+5:30$"))
    expect(box).to_have_attribute("aria-valuetext", re.compile(r", \d\d:30 UTC\+5:30, O "))
    expect(page.locator("[data-chart-note]")).to_contain_text("times in UTC+5:30;")
    page.reload()
    is_loaded(page)
    page.locator("#prices [data-freshness]").hover()
    expect(page.locator("#tip")).to_contain_text(re.compile(r"Data of \d\d:\d\d:\d\d UTC\+5:30"))


@pytest.mark.parametrize("width", [390, 600, 768, 820, 1440])
def test_nothing_moves_while_the_page_loads(width: int, visit: Open) -> None:
    """The layout shifts by less than 0.1 in all, and a finger finds 44 pixels of everything it can touch."""
    fingers = FINGERS if width < 1000 else {}
    for path, loaded in LOADED.items():
        user = visit(viewport={"width": width, "height": 844}, **fingers)
        user.page.add_init_script(SHIFTS)
        page = user.open(path)
        loaded(page)
        user.settle()

        assert page.evaluate("window.shifted") < 0.1
        wide, room = page.evaluate(WIDTH)
        assert wide <= room
        assert not fingers or page.evaluate(SMALL) == []


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script of axe-core."""
    prepare()
    return AXE.read_text()


def found(page: Page, axe: str) -> list[Any]:
    """Return what axe-core finds, each with the elements that it is about."""
    page.evaluate(axe)
    broken = page.evaluate("axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)")
    return [(each["id"], [node["html"][:120] for node in each["nodes"]][:5]) for each in broken]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_axe_finds_nothing(size: tuple[int, int], theme: str, visit: Open, axe: str) -> None:
    """No view breaks a rule of axe-core: neither of the pages, with its search, its menu or an error."""
    user = visit(viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce")
    page = user.open("/#BTC/1h?compare=ETH")
    is_loaded(page)
    assert found(page, axe) == []
    page.get_by_role("combobox", name="Search all coins").fill("bit")
    expect(page.locator("[role=option]").first).to_be_visible()
    assert found(page, axe) == []
    page.keyboard.press("Escape")
    page.locator("[data-indicators] summary").click()
    expect(page.locator("[data-over] label").first).to_be_visible()
    assert found(page, axe) == []

    page = user.open("/chart#BTCUSDT/60")
    LOADED["/chart"](page)
    page.evaluate("location.hash = '#NOSUCH/60'")
    expect(page.locator("[data-refused]")).to_be_visible()
    assert found(page, axe) == []


def test_the_chart_has_its_tools(visit: Open) -> None:
    """A second coin has its line and its figures, the scale can be logarithmic, and the screen full."""
    user = visit()
    page = user.open("/chart#BTCUSDT/60")
    LOADED["/chart"](page)
    page.get_by_label("Compare with").select_option("ETH")
    expect(page.locator("[data-legend]")).to_contain_text(re.compile(r"Vol .*ETH [\d,]+\.\d\d"))
    page.locator("[data-candles]").hover(position={"x": 300, "y": 200})
    before = page.locator("[data-legend]").inner_text()
    page.locator("[data-candles]").hover(position={"x": 200, "y": 200})
    assert page.locator("[data-legend]").inner_text() != before  # the crosshair's candle
    page.get_by_label("Compare with").select_option("")
    expect(page.locator("[data-legend]")).not_to_contain_text("ETH")
    page.get_by_role("button", name="Log").click()
    assert page.url.endswith("#BTCUSDT/60?scale=log")
    page.locator("[data-indicators] summary").press("Enter")
    page.get_by_label(re.compile("Bollinger")).press("Space")
    expect(page.locator("[data-legend]")).to_contain_text("bbands:20:2 upper")
    page.locator("[data-indicators] summary").press("Enter")
    full = page.get_by_role("button", name="Full screen")
    full.click()
    expect(full).to_have_attribute("aria-pressed", "true")
    page.locator("#chart [data-freshness]").hover()
    expect(page.locator("#chart #tip")).to_contain_text("Endpoint")  # only what is in the panel is seen
    full.click()
    expect(full).to_have_attribute("aria-pressed", "false")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Picture").click()
    picture = saved.value.path().read_bytes()

    assert saved.value.suggested_filename == "BTCUSDT-1h.png"
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
    assert user.complaints() == []


def test_whose_index_and_plain_reasons(visit: Open) -> None:
    """Fear & Greed names whose index it is, and what is left out says why in plain words."""
    user = visit()

    def left_out(body: Any) -> None:
        body["meta"]["failed"] = {"cryptopanic": "Region blocked", "newsapi": "Circuit open"}
        if "fearGreed" in body["data"]:
            body["data"]["fearGreed"] = next(indices)

    index = {"value": 37, "classification": "Fear", "timestamp": "2026-11-29T00:00:00Z"}
    indices = iter(
        [{**index, "source": "demo:alternative.me"}, {**index, "source": "demo:coinmarketcap"}, None]
    )
    alter(user.page, "/api/(sentiment|market/overview)", left_out)
    for words in ("Index of alternative.me", "Index of CoinMarketCap", "No provider gives an index now"):
        page = user.open()
        is_loaded(page)
        expect(page.locator("#sentiment [data-whose]")).to_have_text(words)
    expect(page.locator("[data-sentiment-note]")).to_have_text(
        "Left out: CryptoPanic: region blocked; NewsAPI: failed several times, rests for a moment"
    )
    page.locator("#overview [data-field=btcDominance]").hover()
    expect(page.locator("#tip")).to_contain_text("NewsAPI: failed several times, rests for a moment")


def test_the_page_can_be_shared_and_installed(visit: Open) -> None:
    """The page has a picture and texts for links to it, a theme's colour, and a manifest with icons."""
    user = visit()
    page = user.open()
    manifest = page.request.get(page.locator("link[rel=manifest]").evaluate("link => link.href"))
    icons = [icon["src"] for icon in json.loads(manifest.text())["icons"]]
    card = page.locator("meta[property='og:image']").get_attribute("content") or ""

    assert manifest.headers["content-type"] == "application/manifest+json"
    assert card.startswith("/assets/")  # no answer repeats the Host that a client names
    for address in [*icons, card]:
        assert page.request.get(user.url + address).ok
    assert page.locator("meta[name=theme-color]").count() == 2
    assert page.locator("meta[property='og:title']").get_attribute("content") == page.title()
    assert user.complaints() == []
