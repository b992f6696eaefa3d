"""`make pictures`: the pictures of the page in docs, with invented data that is marked."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, expect

from tests.engine.web.pages.browser import Visit, chromium
from tests.engine.web.pages.conftest import SETTINGS
from tests.running import AMPLE, ROOT, Engine
from tests.upstreams import StandIn

DOCS = ROOT / "docs"
LARGEST = 300_000
"""Bytes of a picture: a README has to load."""
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


class Shot(NamedTuple):
    """A picture: where the page is opened, by whom, and what is done before it is taken."""

    options: dict[str, Any]
    path: str = "/"
    prepare: Callable[[Page], None] = lambda page: None


def search(page: Page) -> None:
    """Look for a coin by a former name."""
    page.get_by_role("combobox", name="Search all coins").fill("ma")
    expect(page.locator("[role=option]").first).to_be_visible()


def draw(page: Page) -> None:
    """Draw indicators over and under the candles."""
    page.locator("[data-indicators] summary").click()
    page.get_by_label(re.compile("Bollinger")).check()
    page.get_by_label(re.compile("Relative strength index")).check()
    expect(page.locator("[data-legend]")).to_contain_text("rsi:14")
    page.keyboard.press("Escape")


def look_down(page: Page) -> None:
    """Scroll to the table."""
    page.evaluate("document.getElementById('prices').scrollIntoView({ behavior: 'instant' })")


SHOTS = {
    "page-light": Shot({**DESK, "color_scheme": "light"}),
    "page-dark": Shot({**DESK, "color_scheme": "dark"}, "/#ETH/4h?compare=BTC", search),
    "page-phone": Shot(PHONE),
    "page-phone-prices": Shot({**PHONE, "color_scheme": "dark"}, prepare=look_down),
    "chart-dark": Shot({**DESK, "color_scheme": "dark"}, "/chart#BTCUSDT/60", draw),
    "chart-compared": Shot({**DESK, "color_scheme": "light"}, "/chart#ETHUSDT/240?compare=SOL"),
}


def main() -> None:
    """Take all pictures."""
    DOCS.mkdir(exist_ok=True)
    with StandIn() as stand_in, chromium() as browser:
        addresses = {**stand_in.base_urls(), **stand_in.open_streams().urls()}
        settings = {**SETTINGS, **AMPLE, **addresses, "STREAM_ENABLED": "true", "CATALOGUE_ENABLED": "true"}
        with Engine(settings) as engine:
            for name, shot in SHOTS.items():
                picture = take(browser, engine.url, shot)
                if len(picture) > LARGEST:
                    raise SystemExit(f"{name}: {len(picture)} bytes are more than {LARGEST}")
                (DOCS / f"{name}.png").write_bytes(picture)


def take(browser: Browser, url: str, shot: Shot) -> bytes:
    """Take a picture of the page after all visible parts have loaded."""
    user = Visit(browser, url, **shot.options)
    page = user.open(shot.path)
    panels = ("overview", "prices", "movers", "sentiment", "headlines", "providers")
    for panel in ("chart", *(panels if shot.path.startswith("/#") or shot.path == "/" else ())):
        expect(page.locator(f"#{panel}")).to_have_attribute("data-state", "fresh")
    expect(page.locator("#chart [data-freshness]")).to_have_text(re.compile("^Live"))
    user.settle()  # the lines in sight too
    shot.prepare(page)
    user.settle()
    picture = page.screenshot()
    user.close()
    return picture


if __name__ == "__main__":
    main()
