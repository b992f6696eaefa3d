"""The chart's page works with the engine's own UDF data feed."""

import re

import requests
from playwright.sync_api import expect

from tests.engine.web.pages.conftest import Open
from tests.running import Engine


def test_the_chart_shows_the_candles_of_the_engine(visit: Open, engine: Engine) -> None:
    """The chart shows the candles of `/api/ohlcv` with their provider, and loads older ones when scrolled."""
    user = visit()
    page = user.open("/chart#ETHUSDT/1D")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    expect(page.locator("#chart h2")).to_have_text("ETHUSDT · 1d candles")
    expect(page.locator("[data-chart-note]")).to_contain_text("300 candles from demo:")
    page.locator("[data-candles]").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    answer = requests.get(f"{engine.url}/api/ohlcv?symbol=ETH&interval=1d&limit=50", timeout=5).json()
    candle = answer["data"][-2]

    said = page.locator("[data-candles]").get_attribute("aria-valuetext") or ""
    for letter, name in (("O", "open"), ("H", "high"), ("L", "low"), ("C", "close")):
        assert f"{letter} {candle[name]:,.2f}" in said
    page.keyboard.press("Home")
    expect(page.locator("[data-candles]")).to_have_attribute("aria-valuemax", re.compile("^[56789]99$"))
    assert user.complaints() == []


def test_markets_are_found_and_unknown_ones_are_errors(visit: Open) -> None:
    """Markets are found by the engine's search, and an unknown one shows the engine's error."""
    page = visit().open("/chart")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    page.get_by_label("Find a market").fill("solana")
    expect(page.locator("[role=option]").first).to_have_text(re.compile("^SOL"))
    page.get_by_label("Find a market").fill("NOSUCH")
    page.keyboard.press("Enter")

    expect(page.locator("[data-refused]")).to_have_text("NOSUCH cannot be shown: unknown coin or pair.")
