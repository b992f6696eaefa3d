"""The menu of indicators over and under the chart."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.engine.web.pages.browser import Visit
from tests.engine.web.pages.conftest import Open
from tests.running import Engine

LEGEND = "[data-legend]"


def opened(someone: Visit, path: str = "/#BTC/4h") -> Page:
    """Return the page with its candles and an open menu."""
    page = someone.open(path)
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    page.locator("[data-indicators] summary").press("Enter")
    expect(page.get_by_label(re.compile("Relative strength index"))).to_be_visible()
    return page


def height(page: Page) -> float:
    """Return the height of the chart."""
    box = page.locator("[data-candles]").bounding_box()
    assert box
    return box["height"]


def test_the_menu_has_every_indicator(visit: Open, engine: Engine) -> None:
    """The menu lists the interface's indicators with their defaults, overlays apart from the others."""
    page = opened(visit())
    listed = requests.get(f"{engine.url}/api/indicators/list", timeout=5).json()["data"]
    for place, overlay in (("[data-over]", True), ("[data-under]", False)):
        shown = [row["title"] for row in listed if row["overlay"] is overlay]
        expect(page.locator(f"{place} label span")).to_have_text(shown)


def test_what_is_chosen_is_drawn_and_announced(visit: Open, engine: Engine) -> None:
    """A chosen indicator is in the legend and is announced, and those under the chart have their own pane."""
    someone = visit()
    page = opened(someone)
    before = height(page)
    page.get_by_label(re.compile("Bollinger")).press("Space")
    expect(page.locator(LEGEND)).to_contain_text("bbands:20:2 upper")
    assert height(page) == before
    page.get_by_label(re.compile("Relative strength index")).press("Space")
    expect(page.locator(LEGEND)).to_contain_text("rsi:14")
    assert height(page) > before

    query = "symbol=BTC&interval=4h&limit=300&indicators=bbands:20:2,rsi:14"
    rows = requests.get(f"{engine.url}/api/indicators?{query}", timeout=5).json()["data"]
    page.keyboard.press("Escape")
    page.locator("[data-candles]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-candles]")).to_have_attribute(
        "aria-valuetext", re.compile(f"upper {rows[-2]['bbands:20:2']['upper']:,.2f}")
    )
    expect(page.locator("[data-indicators] summary")).to_have_text("Indicators (2)")
    assert someone.complaints() == []


def test_a_choice_holds_until_it_is_taken_back(visit: Open) -> None:
    """A chosen indicator is drawn after a reload and for another coin, until it is unchecked."""
    someone = visit()
    page = opened(someone)
    page.get_by_label(re.compile("Relative strength index")).check()
    expect(page.locator(LEGEND)).to_contain_text("rsi:14")
    page.reload()
    expect(page.locator(LEGEND)).to_contain_text("rsi:14")
    page.locator("[data-coin]").select_option("ETH")
    expect(page.locator("#chart h2")).to_have_text("ETH · 4h candles")
    expect(page.locator(LEGEND)).to_contain_text("rsi:14")
    assert any("symbol=ETH" in url for url in someone.asked_for("/api/indicators?"))
    page.locator("[data-indicators] summary").press("Enter")
    page.get_by_label(re.compile("Relative strength index")).uncheck()

    expect(page.locator(LEGEND)).not_to_contain_text("rsi:14")
    expect(page.locator("[data-indicators] summary")).to_have_text("Indicators")


def test_parameters_are_typed(visit: Open) -> None:
    """A typed name is added to the menu, and an invalid one shows the API's error."""
    page = opened(visit())
    page.get_by_label("Indicator with parameters").fill("EMA:9")
    page.keyboard.press("Enter")
    expect(page.locator(LEGEND)).to_contain_text("ema:9")
    expect(page.get_by_label(re.compile("ema:9$"))).to_be_checked()
    page.get_by_label("Indicator with parameters").fill("nothing:3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-indicator-note]")).to_have_text("Indicators: nothing:3 is unknown")
    page.get_by_label("Indicator with parameters").fill("rsi:501")
    page.keyboard.press("Enter")
    expect(page.locator("[data-indicator-note]")).to_contain_text("period must be an integer from 2 to 500")
    expect(page.get_by_label(re.compile("rsi:501$"))).to_have_count(0)
    expect(page.locator(LEGEND)).to_contain_text("ema:9")


def test_a_failure_leaves_the_candles(visit: Open) -> None:
    """If indicators fail, the candles stay and the note has the reason."""
    someone = visit()
    someone.page.route(
        re.compile(r"/api/indicators\?"),
        lambda route: route.fulfill(
            status=503,
            json={
                "success": False,
                "error": {
                    "code": "PROVIDER_ERROR",
                    "message": "All failed",
                    "details": {"binance": "Region blocked"},
                },
                "timestamp": 1,
            },
        ),
    )
    page = opened(someone)
    page.get_by_label(re.compile("Relative strength index")).check()

    expect(page.locator("[data-indicator-note]")).to_have_text(
        "Indicators: All failed (Binance: region blocked)"
    )
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    assert someone.complaints(failures_expected=True) == []


def test_what_is_not_stable_is_named(visit: Open) -> None:
    """An average that is not stable is drawn, and the note has its number of candles."""
    page = opened(visit(), "/#BTC/1w")
    page.get_by_label("Indicator with parameters").fill("ema:200")
    page.keyboard.press("Enter")

    expect(page.locator("[data-indicator-note]")).to_contain_text(
        re.compile(r"ema:200 is not stable yet: it rests on \d+ of 1582 candles")
    )


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_menu_fits_every_screen(width: int, visit: Open) -> None:
    """The open menu is within the screen on both pages, and causes no horizontal scrolling."""
    phone = {"has_touch": True, "is_mobile": True} if width < 400 else {}
    user = visit(viewport={"width": width, "height": 780}, **phone)
    for path in ("/", "/chart"):
        page = user.open(path)
        expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
        page.locator("[data-indicators] summary").click()
        expect(page.locator("[data-over] label").first).to_be_visible()
        box = page.locator(".menu-box").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
