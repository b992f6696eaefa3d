"""What users see on the market page, and can do there."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import requests
from playwright.sync_api import Page, Route, expect

from tests.engine.web.pages.conftest import Open
from tests.running import Engine

PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
WIDTH = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def row(page: Page, symbol: str) -> Any:
    """A coin's row in the table of prices."""
    return page.locator(f"#prices tr[data-symbol='{symbol}']")


def cell(page: Page, symbol: str, name: str) -> Any:
    """One figure of a coin."""
    return row(page, symbol).locator(f"[data-cell='{name}']")


def is_loaded(page: Page) -> None:
    """Every panel shows something fresh."""
    for panel in ("overview", "chart", "prices", "sentiment", "headlines", "providers"):
        expect(page.locator(f"#{panel}")).to_have_attribute("data-state", "fresh")


def test_everything_loads_without_a_complaint(visit: Open) -> None:
    """No error in the console, no breach of the policy, nothing from elsewhere; made-up data is called so."""
    someone = visit()
    page = someone.open()

    is_loaded(page)
    expect(page.locator("[data-demo]")).to_be_visible()
    expect(page.locator("[data-engine]")).to_have_text(re.compile("healthy|degraded"))
    assert someone.complaints() == []
    assert someone.asked_elsewhere() == []


def test_prices_are_those_of_the_interface(visit: Open, engine: Engine) -> None:
    """Every coin, with the figures that `/api/prices` gives at the same moment."""
    page = visit().open()
    is_loaded(page)
    with page.expect_response(re.compile("/api/prices")) as answered:
        page.reload()
    listed = answered.value.json()["data"]

    assert len(listed) >= 30
    expect(page.locator("#prices tbody tr")).to_have_count(len(listed))
    for coin in listed:
        expect(cell(page, coin["symbol"], "change24h")).to_have_text(
            f"{coin['change24h']:+,.2f}%".replace("+0.00", "0.00")
        )
        digits = len(cell(page, coin["symbol"], "price").inner_text().partition(".")[2])
        assert cell(page, coin["symbol"], "price").inner_text() == written(coin["priceUsd"], digits)
        assert digits >= 2
    answer = requests.get(f"{engine.url}/api/prices?convert=USD", timeout=5).json()
    assert {coin["symbol"] for coin in answer["data"]} == {coin["symbol"] for coin in listed}


def written(figure: float, digits: int) -> str:
    """Return a figure as a browser writes it: what lies in the middle is rounded away from zero."""
    return f"{Decimal(repr(figure)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"


def test_a_number_tells_its_sources_to_the_mouse_and_to_the_keyboard(visit: Open) -> None:
    """Each provider's own price, the confidence, and the age; Escape hides it."""
    page = visit().open()
    is_loaded(page)
    tip = page.locator("#tip")

    cell(page, "ETH", "price").hover()
    expect(tip).to_contain_text("demo:kraken")
    expect(tip).to_contain_text("Confidence")
    expect(tip).to_contain_text("Data of")
    page.mouse.move(2, 2)
    expect(tip).to_be_hidden()

    page.locator("#prices [data-freshness]").focus()
    expect(tip).to_contain_text("/api/prices")
    page.keyboard.press("Tab")  # the table is one stop
    expect(cell(page, "BTC", "rank")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(cell(page, "ETH", "price")).to_be_focused()
    expect(cell(page, "ETH", "price")).to_have_attribute("aria-describedby", "tip")
    expect(tip).to_contain_text("demo:binance")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator("#sentiment [data-freshness]")).to_be_focused()


def test_intervals_are_chosen_with_the_keyboard(visit: Open) -> None:
    """The seven are one stop; what is chosen is asked for, drawn, and stands in the address."""
    someone = visit()
    page = someone.open()
    is_loaded(page)
    page.locator("[data-intervals] input:checked").focus()
    for interval in ("4h", "1d", "1w", "1m", "5m", "15m", "1h"):  # after the last comes the first
        page.keyboard.press("ArrowRight")
        expect(page.locator("#chart h2")).to_have_text(f"BTC · {interval} candles")
        expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
        expect(page.locator("[data-chart-note]")).to_contain_text("from demo:")
        assert page.url.endswith(f"#BTC/{interval}")
        assert someone.asked_for(f"/api/ohlcv?symbol=BTC&interval={interval}&limit=300")
    assert someone.complaints() == []


def test_a_coin_is_shown_by_picking_it(visit: Open) -> None:
    """From the table with Enter, by clicking, and by a shared URL."""
    someone = visit()
    page = someone.open()
    is_loaded(page)
    cell(page, "SOL", "coin").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chart h2")).to_have_text("SOL · 1h candles")
    row(page, "XRP").locator("[data-cell='price']").click()
    expect(page.locator("#chart h2")).to_have_text("XRP · 1h candles")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")

    page = visit().open("/#ADA/4h")
    expect(page.locator("#chart h2")).to_have_text("ADA · 4h candles")


def test_candles_are_read_out_one_by_one(visit: Open, engine: Engine) -> None:
    """The chart is a slider over its candles: the arrow keys move, and say what the interface gave."""
    page = visit().open("/#BCH/1d")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    answer = requests.get(f"{engine.url}/api/ohlcv?symbol=BCH&interval=1d&limit=300", timeout=5).json()
    candle = answer["data"][-2]
    page.locator("[data-candles]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")

    said = page.locator("[data-candles]").get_attribute("aria-valuetext") or ""
    for letter, name in (("O", "open"), ("H", "high"), ("L", "low"), ("C", "close")):
        assert f"{letter} {candle[name]:,.2f}," in said


def test_lines_are_drawn_only_where_visible(visit: Open, engine: Engine) -> None:
    """From hourly candles, three at once; the rest when they come into sight; none again after a reload."""
    someone = visit(viewport={"width": 1400, "height": 500})
    page = someone.open()
    is_loaded(page)
    expect(cell(page, "ETH", "line").locator("path")).to_have_attribute("d", re.compile(r"^M0\.0 .*L96\.0 "))
    asked = [url for url in someone.asked_for("/api/ohlcv") if "limit=50" in url]

    assert 0 < len(asked) < 20
    assert not any("symbol=FIL&" in url for url in asked)
    cell(page, "FIL", "line").scroll_into_view_if_needed()
    expect(cell(page, "FIL", "line").locator("path")).to_have_attribute("d", re.compile("^M"))

    someone.asked.clear()
    page.reload()
    cell(page, "ETH", "line").scroll_into_view_if_needed()
    expect(cell(page, "ETH", "line").locator("path")).to_have_attribute("d", re.compile("^M"))
    assert not [url for url in someone.asked_for("/api/ohlcv?symbol=ETH&") if "limit=50" in url]


def test_sentiment_headlines_and_providers_are_those_of_the_interface(visit: Open, engine: Engine) -> None:
    """The index on the gauge, the newest stories, and every provider's state."""
    page = visit().open()
    is_loaded(page)
    fear_greed = requests.get(f"{engine.url}/api/sentiment", timeout=5).json()["data"]["fearGreed"]
    stories = requests.get(f"{engine.url}/api/news?limit=12", timeout=5).json()["data"]
    health = requests.get(f"{engine.url}/api/health", timeout=5).json()

    expect(page.locator(".gauge .value")).to_have_text(str(fear_greed["value"]))
    expect(page.locator("[data-gauge]")).to_contain_text(fear_greed["classification"])
    expect(page.locator("[data-stories] a")).to_have_text([story["title"] for story in stories])
    expect(page.locator("[data-stories] a").first).to_have_attribute("href", stories[0]["url"])
    expect(page.locator("#providers tbody tr")).to_have_count(len(health["providers"]))


def changed(change: Callable[[Any], None]) -> Callable[[Route], None]:
    """A route that gives what the engine answers, with a `change` in it."""

    def handle(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        change(body)
        route.fulfill(response=answer, json=body)

    return handle


@changed
def hostile(body: Any) -> None:
    """Headlines that try what they can."""
    body["data"][0] |= {"title": "<img src=x onerror=alert(1)>", "url": "javascript:alert(1)"}


def test_a_headline_is_only_text(visit: Open) -> None:
    """What looks like a page is shown as it is written, and what is no web address is no link."""
    someone = visit()
    someone.page.route(re.compile("/api/news"), hostile)
    page = someone.open()
    is_loaded(page)
    first = page.locator("[data-stories] a").first

    expect(first).to_have_text("<img src=x onerror=alert(1)>")
    assert first.get_attribute("href") is None
    assert page.locator("[data-stories] img").count() == 0


@changed
def long_winded(body: Any) -> None:
    """Words without an end, in whatever may come from a provider or an operator."""
    if isinstance(body["data"], list):
        body["data"][0] |= {"title": "W" * 300, "source": "s" * 300}
    body["meta"]["failed"] = {f"rss:{'a' * 200}.example": "Timeout"}


def test_a_word_without_an_end_widens_nothing(visit: Open) -> None:
    """It is broken where the room ends."""
    someone = visit(**PHONE)
    someone.page.route(re.compile("/api/(news|sentiment)"), long_winded)
    page = someone.open()
    is_loaded(page)

    expect(page.locator("[data-sentiment-note]")).to_contain_text("aaaa")
    wide, room = page.evaluate(WIDTH)
    assert wide <= room == 360


@changed
def nothing_known(body: Any) -> None:
    """An answer in which every figure that may be unknown is."""
    rows = body["data"] if isinstance(body["data"], list) else [body["data"]]
    for row in rows:
        for name, value in row.items():
            if name not in ("symbol", "name", "priceUsd", "price", "confidence") and (
                isinstance(value, int | float | dict) or name == "rank"
            ):
                row[name] = None


def test_what_is_not_known_is_a_dash(visit: Open) -> None:
    """Never a zero, and never "null" or "NaN"; its explanation likewise."""
    someone = visit()
    someone.page.route(re.compile("/api/(prices|sentiment|market/overview)"), nothing_known)
    page = someone.open()
    is_loaded(page)

    for name in ("rank", "change24h", "marketCap"):
        expect(cell(page, "BTC", name)).to_have_text("–")
    expect(page.locator("#overview dd")).to_have_text(["–"] * 6)
    expect(page.locator(".gauge .value")).to_have_text("–")
    cell(page, "BTC", "change24h").hover()
    expect(page.locator("#tip")).to_contain_text("Change in 1 hour –")
    assert not re.search("null|NaN|undefined|Infinity", page.locator("main").inner_text())
    assert someone.complaints() == []


@changed
def disputed(body: Any) -> None:
    """Prices of which one is disputed."""
    for coin in body["data"]:
        if coin["symbol"] == "ETH":
            coin |= {"disputed": True, "verified": False, "confidence": 0.45}


def test_a_dispute_is_seen(visit: Open) -> None:
    """In the row, and in words in the explanation of its numbers."""
    someone = visit()
    someone.page.route(re.compile("/api/prices"), disputed)
    page = someone.open()
    is_loaded(page)

    expect(cell(page, "ETH", "sources")).to_have_class(re.compile("disputed"))
    expect(cell(page, "BTC", "sources")).to_have_class(re.compile(r"\bsure\b"))
    for name in ("price", "sources"):
        cell(page, "ETH", name).hover()
        expect(page.locator("#tip")).to_contain_text("0.45, disputed: two camps")
    assert someone.complaints() == []


@changed
def raised(body: Any) -> None:
    """Prices in which one coin has risen."""
    for coin in body["data"]:
        if coin["symbol"] == "BNB":
            coin["priceUsd"] = 777.77


def test_a_refresh_rebuilds_nothing(visit: Open) -> None:
    """The same elements stay, the focus with them; only texts that differ are written."""
    someone = visit()
    someone.page.clock.install()
    page = someone.open()
    is_loaded(page)
    page.evaluate("document.querySelectorAll('#prices tbody tr').forEach(row => { row.kept = true; })")
    cell(page, "BNB", "price").focus()
    page.route(re.compile("/api/prices"), raised)
    page.clock.fast_forward(31_000)
    expect(cell(page, "BNB", "price")).to_have_text("777.77")

    assert page.evaluate("[...document.querySelectorAll('#prices tbody tr')].every(row => row.kept)")
    expect(cell(page, "BNB", "price")).to_be_focused()


def test_nothing_scrolls_sideways(visit: Open) -> None:
    """From a phone to a large screen."""
    page = visit().open()
    is_loaded(page)
    for width in (360, 640, 768, 860, 1024, 1120, 1121, 1280, 1361, 1440, 1760, 1920):
        page.set_viewport_size({"width": width, "height": 780})
        wide, room = page.evaluate(WIDTH)
        assert wide <= room, width


def test_a_phone_shows_what_matters(visit: Open) -> None:
    """Coin, price, change and line; a tap on the coin shows its candles."""
    page = visit(**PHONE).open()
    is_loaded(page)
    shown = page.locator("#prices thead th:visible").all_inner_texts()

    assert shown == ["Coin", "Price, USD", "24 h", "Last 24 h"]
    cell(page, "DOGE", "coin").tap()
    expect(page.locator("#chart h2")).to_have_text("DOGE · 1h candles")
    expect(page.locator("#chart h2")).to_be_in_viewport()


def test_the_system_s_theme_until_the_user_chooses(visit: Open) -> None:
    """What was chosen holds at the next visit."""
    someone = visit(color_scheme="dark")
    page = someone.open()
    switch = page.locator("[data-theme-switch]")
    paper = "getComputedStyle(document.body).backgroundColor"

    expect(switch).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(paper)
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(paper) != dark
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(paper) != dark


def test_the_page_has_landmarks_and_names(visit: Open) -> None:
    """A screen reader finds its way: one main part, named regions, tables with captions, one live region."""
    page = visit().open()
    is_loaded(page)
    for name in ("Prices", "Headlines", "Providers", "Fear & Greed"):
        expect(page.get_by_role("region", name=name)).to_have_count(1)

    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("grid", name="Prices").count() == 1
    assert page.locator("caption").count() == page.locator("table[role=grid]").count()
    assert page.locator("[aria-live]").count() == 1
    assert page.get_by_role("slider", name="BTC · 1h candles").count() == 1
    assert page.get_by_role("radiogroup").or_(page.get_by_role("group", name="Interval")).count() == 1
