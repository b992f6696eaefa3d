"""What the pages show over their one stream, and how they come back to it."""

import re
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.engine.web.pages.browser import STEP, Visit
from tests.engine.web.pages.conftest import Open
from tests.engine.web.pages.live import Stream
from tests.running import Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

HOUR = 3_600_000
CANDLES = "candles:BTCUSDT:1h"
SHOWN = {"viewport": {"width": 1440, "height": 420}}
"""A window in which a few rows of prices are in view."""


@pytest.fixture(scope="module")
def settings(stand_in: StandIn) -> dict[str, str]:
    """Return settings of a server that streams."""
    return {**stand_in.open_streams().urls(), "STREAM_ENABLED": "true"}


@pytest.fixture
def user(visit: Open) -> Visit:
    """Return a user of the page, with a clock that tests advance."""
    user = visit(**SHOWN)
    user.page.clock.install()
    return user


@pytest.fixture
def stream(user: Visit) -> Iterator[Stream]:
    """Return the stream of the opened market page, with its first subscriptions."""
    stream = Stream(user.page)
    user.open()
    expect(user.page.locator("#chart")).to_have_attribute("data-state", "fresh")
    expect(user.page.locator("#prices")).to_have_attribute("data-state", "fresh")
    seen(user, lambda: {"prices:BTC", CANDLES} <= stream.channels)
    yield stream
    assert user.complaints() == []


def seen(user: Visit, true: Any) -> None:
    """Let the page work until something is true."""

    def look() -> bool:
        user.page.wait_for_timeout(20)
        return bool(true())

    eventually(look, 20)


def price(engine: Engine, symbol: str, dollars: float) -> dict[str, Any]:
    """Return a row of the stream with another price in dollars, as if tether were worth half of one."""
    answer: Any = requests.get(f"{engine.url}/api/prices?symbols={symbol}", timeout=20).json()
    row: dict[str, Any] = answer["data"][0]
    source = {
        "provider": "kraken",
        "price": 2 * dollars,
        "deviation": 0.0,
        "outlier": False,
        "suspect": False,
    }
    return row | {
        "price": 2 * dollars,
        "priceUsd": dollars,
        "lastUpdate": "2099-01-01T00:00:00Z",
        "change24h": None,
        "verified": False,
        "confidence": 0.4,
        "sources": [source],
    }


def candle(opened: int, close: float, **more: Any) -> dict[str, Any]:
    """Return the members of a message about a candle."""
    row = {"timestamp": opened, "open": close, "high": close, "low": close, "close": close, "volume": 2.0}
    return {"data": row, "closed": False, "revision": 0, "quote": "USDT", "source": "binance", **more}


def read_out(page: Page) -> str:
    """Return what the chart reads out."""
    return page.locator("[data-candles]").get_attribute("aria-valuetext") or ""


def test_a_price_is_shown_with_its_age_and_its_sources(user: Visit, stream: Stream, engine: Engine) -> None:
    """A price of the stream flashes once, is in dollars, and keeps figures that it lacks."""
    page = user.page
    row = page.locator("#prices tr[data-symbol='BTC']")
    change = row.locator("[data-cell='change24h']").inner_text()
    stream.tell("prices:BTC", "price", **{"data": price(engine, "BTC", 43210.5)})

    expect(row.locator(".price")).to_have_text("43,210.50")
    expect(row.locator(".price")).to_have_attribute("data-moved", "down")
    expect(row.locator("[data-cell='sources']")).to_have_class(re.compile("unsure"))
    expect(row.locator("[data-cell='change24h']")).to_have_text(change)
    expect(page.locator("#prices [data-freshness]")).to_have_text(re.compile(r"^Live, \d+ s ago"))
    row.locator(".price").hover()
    expect(page.locator("#tip")).to_contain_text("kraken 43,210.50")
    user.page.clock.fast_forward(1_000)
    expect(row.locator(".price")).not_to_have_attribute("data-moved", re.compile("."))
    assert "prices:FIL" not in stream.channels  # it is out of view
    page.emulate_media(reduced_motion="reduce")
    stream.tell("prices:BTC", "price", **{"data": price(engine, "BTC", 50000.0)})
    expect(row.locator(".price")).to_have_text("50,000.00")
    expect(row.locator(".price")).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_candles_run_close_and_are_corrected(user: Visit, stream: Stream) -> None:
    """The running candle is replaced, the next one begins after its close, and the note names who serves."""
    page = user.page
    box = page.locator("[data-candles]")
    count = int(box.get_attribute("aria-valuemax") or 0)
    opened = int(time.time() * 1000) // HOUR * HOUR
    stream.tell(CANDLES, "candle", **candle(opened, 111.0))
    expect(box).to_have_attribute("aria-valuetext", re.compile(r"C 111\.00"))
    stream.tell(CANDLES, "candle", **candle(opened, 112.0, closed=True))
    stream.tell(CANDLES, "candle", **candle(opened, 999.0))  # too late
    stream.tell(CANDLES, "candle", **candle(opened + HOUR, 113.0))
    expect(box).to_have_attribute("aria-valuetext", re.compile(r"C 113\.00"))
    expect(box).to_have_attribute("aria-valuemax", str(count + 1))
    stream.tell(CANDLES, "correction", **candle(opened, 110.0, closed=True, revision=1, previous={}))
    members = {"from": "binance", "to": "kraken", "reason": "silent", "quote": "USDT"}
    stream.tell(CANDLES, "source", **members)
    expect(page.locator("[data-chart-note]")).to_contain_text(
        re.compile("live from kraken since .*, because binance fell silent")
    )
    box.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert "C 110.00" in read_out(page)

    stream.tell(CANDLES, "stale", ageSeconds=17.0)
    expect(page.locator("#chart")).to_have_attribute("data-state", "stale")


def test_another_market_is_another_channel_of_the_same_stream(user: Visit, stream: Stream) -> None:
    """A choice ends one channel and begins another, and no message of the others is lost."""
    page = user.page
    page.locator("[data-coin]").select_option("ETH")
    seen(user, lambda: "candles:ETHUSDT:1h" in stream.channels and CANDLES not in stream.channels)
    expect(page.locator("#chart h2")).to_have_text("ETH · 1h candles")
    user.wait(5)
    opened = int(time.time() * 1000) // HOUR * HOUR
    stream.tell(CANDLES, "candle", **candle(opened, 999.0))  # was on its way
    stream.tell("candles:ETHUSDT:1h", "candle", **candle(opened, 222.0))

    expect(page.locator("[data-candles]")).to_have_attribute("aria-valuetext", re.compile(r"C 222\.00"))
    assert "prices:BTC" in stream.channels
    assert stream.connections == 1


def test_indicators_follow_each_close(user: Visit, stream: Stream) -> None:
    """A chosen indicator has its value of a closed candle from the stream."""
    page = user.page
    page.locator("[data-indicators] summary").press("Enter")
    page.get_by_label(re.compile("Relative strength index")).press("Space")
    channel = "indicators:BTCUSDT:1h:rsi:14"
    seen(user, lambda: channel in stream.channels)
    opened = int(time.time() * 1000) // HOUR * HOUR
    row = {"timestamp": opened, "close": 111.0, "rsi:14": 77.25}
    stream.tell(channel, "indicator", data=row, closed=True, quote="USDT", source="binance")

    expect(page.locator("[data-legend]")).to_contain_text(re.compile(r"rsi:14 77\.25"))
    assert len(user.asked_for("/api/indicators?")) == 1


def test_a_stream_goes_on_where_it_was(user: Visit, stream: Stream) -> None:
    """After a cut, and when a hidden tab is shown, the page resumes; after a reset it asks again."""
    opened = int(time.time() * 1000) // HOUR * HOUR
    for close in (110.0, 111.0):  # the first one may be old, and moves no cursor
        stream.tell(CANDLES, "candle", **candle(opened, close))
    expect(user.page.locator("[data-candles]")).to_have_attribute("aria-valuetext", re.compile(r"C 111\.00"))
    cursor = stream.cursor
    stream.tell("prices:ETH", "price", data={"symbol": "ETH", "price": 1.0, "priceUsd": None, "sources": []})
    user.asked.clear()
    stream.asked.clear()
    stream.cut()
    user.page.clock.fast_forward(2_000)
    seen(user, lambda: stream.asked)

    assert stream.asked[0]["after"] == cursor
    assert {CANDLES, "prices:BTC", "status"} <= set(stream.asked[0]["channels"])
    assert not user.asked_for("/api/ohlcv")
    user.hide()
    user.page.clock.fast_forward(31_000)
    stream.asked.clear()
    user.hide(False)
    seen(user, lambda: stream.asked)
    assert (stream.connections, stream.asked[0]["after"]) == (3, cursor)
    stream.say({"type": "reset", "reason": "the cursor is too old"})
    data = candle(opened, 114.0)
    stream.tell(CANDLES, "snapshot", of="candle", **data)
    expect(user.page.locator("[data-candles]")).to_have_attribute("aria-valuetext", re.compile(r"C 114\.00"))
    seen(user, lambda: user.asked_for("/api/prices"))


def live_for(user: Visit, stream: Stream, engine: Engine, seconds: int) -> None:
    """Advance the clock while the stream tells each price that the page follows, so that none becomes old."""
    row = price(engine, "BTC", 43210.5)
    for _ in range(0, seconds, STEP):
        if stream.is_open:
            stream.beat()
        for channel in sorted(stream.channels):
            kind, _, symbol = channel.partition(":")
            if kind == "prices":
                stream.tell(channel, "price", data=row | {"symbol": symbol})
        user.wait(STEP)


def test_a_stream_that_is_refused_is_polled_for_until_it_is_back(
    user: Visit, stream: Stream, engine: Engine
) -> None:
    """The page asks as ever while it is refused, and no more once the stream is back."""
    page = user.page
    stream.is_full = True
    stream.cut()
    user.asked.clear()
    user.wait(45)
    assert len(user.asked_for("/api/prices")) >= 1
    expect(page.locator("#prices [data-freshness]")).not_to_have_text(re.compile("Live"))

    stream.is_full = False
    live_for(user, stream, engine, 60)
    expect(page.locator("#prices [data-freshness]")).to_have_text(re.compile("Live"))
    live_for(user, stream, engine, 35)  # until what was planned before is over
    user.asked.clear()
    live_for(user, stream, engine, 35)
    assert not user.asked_for("/api/prices")


def test_the_chart_follows_the_stream(user: Visit) -> None:
    """The page with one chart has the past from UDF and the present from the stream."""
    stream = Stream(user.page)
    page = user.open("/chart#ETHUSDT/60")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    seen(user, lambda: stream.channels == {"candles:ETHUSDT:1h"})
    opened = int(time.time() * 1000) // HOUR * HOUR
    stream.tell("candles:ETHUSDT:1h", "candle", **candle(opened, 333.0))

    expect(page.locator("[data-candles]")).to_have_attribute("aria-valuetext", re.compile(r"C 333\.00"))
    expect(page.locator("[data-chart-note]")).to_contain_text("live from binance")
    expect(page.locator("#chart [data-freshness]")).to_have_text(re.compile("^Live, "))
    assert user.complaints() == []


def is_fresh(url: str) -> bool:
    """Return whether an answer is fresh."""
    return not requests.get(url, timeout=30).json()["meta"]["stale"]


def test_a_first_visit_costs_three_requests(user: Visit) -> None:
    """A visit with real streams costs three requests that count.

    It comes last, since venues are listened to for a minute more.
    """
    for path in ("/api/ohlcv?symbol=BTC&limit=300", "/api/prices"):  # what is stale is asked for once more
        eventually(partial(is_fresh, user.url + path))
    sockets: list[str] = []
    user.page.on("websocket", lambda socket: sockets.append(socket.url))
    page = user.open()
    for panel in ("chart", "prices"):
        expect(page.locator(f"#{panel} [data-freshness]")).to_have_text(re.compile("^Live, "))
    for panel in ("overview", "sentiment", "headlines"):
        expect(page.locator(f"#{panel}")).to_have_attribute("data-state", "fresh")
    user.settle()

    free = ("/assets/", "/api/health", "/favicon.ico")
    counted = [url.removeprefix(user.url) for url in user.asked]
    counted = [path for path in counted if path != "/" and not path.startswith(free)]
    assert sorted(counted) == ["/api/ohlcv?symbol=BTC&interval=1h&limit=300", "/board"]
    assert len(sockets) == 1
    assert user.complaints() == []
