"""`make pictures`: the pictures of the page in docs, with invented data that is marked."""

import re

from playwright.sync_api import Browser, expect

from tests.engine.web.pages.browser import Visit, chromium
from tests.engine.web.pages.conftest import SETTINGS
from tests.running import ROOT, Engine
from tests.upstreams import StandIn

DOCS = ROOT / "docs"
LARGEST = 300_000
"""Bytes of a picture: a README has to load."""
SHOTS: dict[str, dict[str, object]] = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 780}, "is_mobile": True, "has_touch": True},
}


def main() -> None:
    """Take all pictures."""
    DOCS.mkdir(exist_ok=True)
    with StandIn() as stand_in, chromium() as browser:
        addresses = {**stand_in.base_urls(), **stand_in.open_streams().urls()}
        with Engine({**SETTINGS, **addresses, "STREAM_ENABLED": "true"}) as engine:
            for name, options in SHOTS.items():
                picture = take(browser, engine.url, options)
                if len(picture) > LARGEST:
                    raise SystemExit(f"{name}: {len(picture)} bytes are more than {LARGEST}")
                (DOCS / f"page-{name}.png").write_bytes(picture)


def take(browser: Browser, url: str, options: dict[str, object]) -> bytes:
    """Take a picture of the page after all visible parts have loaded."""
    user = Visit(browser, url, **options)
    page = user.open()
    for panel in ("overview", "chart", "prices", "sentiment", "headlines", "providers"):
        expect(page.locator(f"#{panel}")).to_have_attribute("data-state", "fresh")
    for panel in ("chart", "prices"):
        expect(page.locator(f"#{panel} [data-freshness]")).to_have_text(re.compile("^Live"))
    user.settle()  # the lines in sight too
    picture = page.screenshot()
    user.close()
    return picture


if __name__ == "__main__":
    main()
