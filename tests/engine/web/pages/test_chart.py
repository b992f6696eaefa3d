"""The chart of a UDF data feed."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.engine.web.pages.browser import Visit
from tests.engine.web.pages.conftest import Open
from tests.engine.web.pages.feed import LENGTHS, Feed

UDF = re.compile("/udf/")


@pytest.fixture
def feed() -> Feed:
    """Return a feed with five hundred bars of each resolution."""
    return Feed(int(time.time()))


@pytest.fixture
def user(visit: Open, feed: Feed) -> Visit:
    """Return a user of the chart, whose requests the feed answers."""
    user = visit()
    user.page.route(UDF, feed.answer)
    return user


def test_the_chart_shows_what_the_feed_has(user: Visit, feed: Feed) -> None:
    """The chart shows the feed's resolutions and the symbol's bars."""
    page = user.open("/chart")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    expect(page.locator("#chart h2")).to_have_text("BTCUSDT · 1h candles")
    expect(page.locator("[data-intervals] label")).to_have_text(["1m", "5m", "15m", "1h", "4h", "1d", "1w"])
    expect(page.locator("[data-chart-note]")).to_contain_text("candles from /udf/history")
    page.locator("[data-candles]").focus()
    page.keyboard.press("End")

    bar = feed.history({"resolution": "60", "to": str(feed.newest), "countback": "1"})
    expect(page.locator("[data-candles]")).to_have_attribute(
        "aria-valuetext", re.compile(rf"C {bar['c'][0]:.2f}")
    )
    assert user.complaints() == []


def test_every_resolution_is_asked_for_as_the_specification_says(user: Visit, feed: Feed) -> None:
    """The chart requests each resolution with `from`, `to` and `countback`, in seconds, as specified."""
    page = user.open("/chart")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    page.locator("[data-intervals] input:checked").focus()
    for resolution in ("240", "1D", "1W", "1", "5", "15"):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
        asked = [each for each in feed.asked if each.get("resolution") == resolution]

        assert asked
        assert asked[0]["symbol"] == "BTCUSDT"
        assert asked[0]["countback"] == "300"
        assert int(asked[0]["to"]) % LENGTHS[resolution] == 0  # the same address while the bar is open
        assert int(asked[0]["to"]) - int(asked[0]["from"]) == 300 * LENGTHS[resolution]


def test_another_market_is_found_by_typing(user: Visit, feed: Feed) -> None:
    """The feed's search suggests markets, and the chosen one is drawn and is in the URL."""
    page = user.open("/chart")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    page.get_by_label("Find a market").fill("eth")
    expect(page.locator("[role=option]")).to_have_text(re.compile("^ETHUSDT Ethereum / Tether"))
    page.get_by_label("Find a market").fill("ETHUSDT")
    page.keyboard.press("Enter")

    expect(page.locator("#chart h2")).to_have_text("ETHUSDT · 1h candles")
    assert page.url.endswith("#ETHUSDT/60")


def test_older_bars_come_after_scrolling_left(user: Visit, feed: Feed) -> None:
    """Scrolling left loads older bars until the feed has no more, and then sends no request."""
    page = user.open("/chart")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    expect(page.locator("[data-candles]")).to_have_attribute("aria-valuemax", "299")
    page.locator("[data-candles]").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-candles]")).to_have_attribute("aria-valuemax", "499")
    page.keyboard.press("Home")
    expect(page.locator("[data-chart-note]")).to_contain_text("there are no older ones")

    assert user.complaints() == []


def test_the_feeds_own_words_are_shown(user: Visit) -> None:
    """The chart shows the feed's error for an unknown symbol."""
    page = user.open("/chart#NOSUCH/60")

    expect(page.locator("#chart [data-problem]")).to_contain_text("unknown_symbol")
    expect(page.locator("#chart [data-freshness]")).to_have_text("No data")


def test_the_chart_follows_in_width(user: Visit) -> None:
    """The chart fits the width of a phone, without horizontal scrolling."""
    page = user.open("/chart")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    page.set_viewport_size({"width": 360, "height": 700})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_looking_left_ends_with_another_market(user: Visit, feed: Feed) -> None:
    """Another market begins with its newest bars, and older ones are loaded only after scrolling."""
    page = user.open("/chart")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    page.locator("[data-candles]").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-candles]")).to_have_attribute("aria-valuemax", "499")
    page.get_by_label("Find a market").fill("ETHUSDT")
    page.keyboard.press("Enter")
    expect(page.locator("#chart h2")).to_have_text("ETHUSDT · 1h candles")
    user.settle()

    expect(page.locator("[data-candles]")).to_have_attribute("aria-valuemax", "299")
    assert (
        len([each for each in feed.asked if each["path"] == "/udf/history" and each["symbol"] == "ETHUSDT"])
        == 1
    )
