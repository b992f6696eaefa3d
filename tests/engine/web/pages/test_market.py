"""What users see and can do on the market page."""

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import requests
from playwright.sync_api import Page, Route, expect

from providers import INTERVALS
from tests.engine.web.pages.browser import BOARD, alter
from tests.engine.web.pages.conftest import Open
from tests.running import Engine

PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
WIDTH = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def row(page: Page, symbol: str) -> Any:
    """Return a coin's row in the table of prices."""
    return page.locator(f"#prices tr[data-symbol='{symbol}']")


def cell(page: Page, symbol: str, name: str) -> Any:
    """Return the cell of a coin's figure."""
    return row(page, symbol).locator(f"[data-cell='{name}']")


def is_loaded(page: Page) -> None:
    """Wait until every panel shows fresh data."""
    for panel in ("overview", "chart", "prices", "sentiment", "headlines", "providers"):
        expect(page.locator(f"#{panel}")).to_have_attribute("data-state", "fresh")


def test_everything_loads_without_a_complaint(visit: Open) -> None:
    """All panels load without errors, policy violations or other hosts, and invented data is marked."""
    user = visit()
    page = user.open()

    is_loaded(page)
    expect(page.locator("[data-demo]")).to_be_visible()
    expect(page.locator("[data-engine]")).to_have_text(re.compile("healthy|degraded"))
    assert user.complaints() == []
    assert user.asked_elsewhere() == []


def test_prices_are_those_of_the_interface(visit: Open, engine: Engine) -> None:
    """The table has every coin with the figures of `/api/prices`."""
    user, answered = visit(), list[str]()

    def note(route: Route) -> None:
        response = route.fetch()
        answered.append(response.text())
        packed = ("content-encoding", "content-length")
        headers = {name: value for name, value in response.headers.items() if name not in packed}
        route.fulfill(status=response.status, headers=headers, body=answered[-1])

    user.page.route(re.compile(BOARD), note)
    page = user.open()
    is_loaded(page)
    parts = [json.loads(line) for line in answered[0].splitlines()]
    listed = next(part["body"]["data"] for part in parts if part["part"] == "/api/prices")

    assert len(listed) >= 30
    expect(page.locator("#prices tbody tr")).to_have_count(len(listed))
    for coin in listed:
        expect(cell(page, coin["symbol"], "change24h")).to_have_text(
            re.sub(r"^[+-](?=0\.00%)", "", f"{coin['change24h']:+,.2f}%")
        )
        digits = len(cell(page, coin["symbol"], "price").inner_text().partition(".")[2])
        assert cell(page, coin["symbol"], "price").inner_text() == written(coin["priceUsd"], digits)
        assert digits >= 2
    answer = requests.get(f"{engine.url}/api/prices?convert=USD", timeout=5).json()
    assert {coin["symbol"] for coin in answer["data"]} == {coin["symbol"] for coin in listed}


def written(figure: float, digits: int) -> str:
    """Return a figure as a browser formats it, with halves rounded away from zero."""
    return f"{Decimal(repr(figure)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"


def test_a_number_tells_its_sources_to_the_mouse_and_to_the_keyboard(visit: Open) -> None:
    """A number's tip has each provider's price, the confidence and the age, and Escape hides it."""
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
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Favourites only")).to_be_focused()
    page.keyboard.press("Tab")  # the table is one stop
    expect(page.get_by_role("button", name="Favourite BTC")).to_be_focused()
    page.keyboard.press("ArrowDown")
    for _ in ("rank", "coin", "price"):
        page.keyboard.press("ArrowRight")
    expect(cell(page, "ETH", "price")).to_be_focused()
    expect(cell(page, "ETH", "price")).to_have_attribute("aria-describedby", "tip")
    expect(tip).to_contain_text("demo:binance")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator("#movers [data-freshness]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#movers button").first).to_be_focused()


def test_intervals_are_chosen_with_the_keyboard(visit: Open) -> None:
    """The arrow keys choose an interval, whose candles are requested, drawn and in the URL."""
    user = visit()
    page = user.open()
    is_loaded(page)
    page.locator("[data-intervals] input:checked").focus()
    names = list(INTERVALS)
    after = names.index("1h") + 1
    for interval in (*names[after:], *names[:after]):  # after the last comes the first
        page.keyboard.press("ArrowRight")
        expect(page.locator("#chart h2")).to_have_text(f"BTC · {interval} candles")
        expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
        expect(page.locator("[data-chart-note]")).to_contain_text("from demo:")
        assert page.url.endswith(f"#BTC/{interval}")
        assert user.asked_for(f"/api/ohlcv?symbol=BTC&interval={interval}&limit=300")
    assert user.complaints() == []


def test_a_coin_is_shown_by_picking_it(visit: Open) -> None:
    """A coin is chosen from the table with Enter, by clicking, or by a shared URL."""
    user = visit()
    page = user.open()
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
    """The chart is a slider for screen readers: arrow keys select candles and announce their figures."""
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


def test_lines_come_with_the_first_answers(visit: Open) -> None:
    """The table's lines come from hourly candles, and those of all coins cost no request of their own."""
    user = visit(viewport={"width": 1400, "height": 500})
    page = user.open()
    is_loaded(page)
    for coin in ("ETH", "FIL"):
        line = cell(page, coin, "line").locator("path")
        expect(line).to_have_attribute("d", re.compile(r"^M0\.0 .*L96\.0 "))

    cell(page, "ETH", "line").hover()
    expect(page.locator("#tip")).to_contain_text("ETHUSDT, hourly closes 25")
    assert len(user.asked_for("/api/ohlcv")) == len(user.asked_for("/board")) == 1


def test_sentiment_headlines_and_providers_are_those_of_the_interface(visit: Open, engine: Engine) -> None:
    """The gauge, the stories and the providers are those of the API."""
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


def hostile(body: Any) -> None:
    """Put markup and a script's address into a headline."""
    body["data"][0] |= {"title": "<img src=x onerror=alert(1)>", "url": "javascript:alert(1)"}


def test_a_headline_is_only_text(visit: Open) -> None:
    """Markup in a headline is shown as text, and an address that is not of the web is no link."""
    user = visit()
    alter(user.page, "/api/news", hostile)
    page = user.open()
    is_loaded(page)
    first = page.locator("[data-stories] a").first

    expect(first).to_have_text("<img src=x onerror=alert(1)>")
    assert first.get_attribute("href") is None
    assert page.locator("[data-stories] img").count() == 0


def long_winded(body: Any) -> None:
    """Put very long words into texts of providers and of the operator."""
    if isinstance(body["data"], list):
        body["data"][0] |= {"title": "W" * 300, "source": "s" * 300}
    body["meta"]["failed"] = {f"rss:{'a' * 200}.example": "Timeout"}


def test_a_word_without_an_end_widens_nothing(visit: Open) -> None:
    """A very long word is wrapped, and widens nothing."""
    user = visit(**PHONE)
    alter(user.page, "/api/(news|sentiment)", long_winded)
    page = user.open()
    is_loaded(page)

    expect(page.locator("[data-sentiment-note]")).to_contain_text("aaaa")
    wide, room = page.evaluate(WIDTH)
    assert wide <= room == 360


def nothing_known(body: Any) -> None:
    """Remove every figure that may be unknown."""
    rows = body["data"] if isinstance(body["data"], list) else [body["data"]]
    for row in rows:
        for name, value in row.items():
            if name not in ("symbol", "name", "priceUsd", "price", "confidence") and (
                isinstance(value, int | float | dict) or name == "rank"
            ):
                row[name] = None


def test_what_is_not_known_is_a_dash(visit: Open) -> None:
    """An unknown figure is a dash, in its tip as well, and never a zero, "null" or "NaN"."""
    user = visit()
    alter(user.page, "/api/(prices|sentiment|market/overview)", nothing_known)
    page = user.open()
    is_loaded(page)

    for name in ("rank", "change24h", "marketCap"):
        expect(cell(page, "BTC", name)).to_have_text("–")
    expect(page.locator("#overview dd")).to_have_text(["–"] * 6)
    expect(page.locator(".gauge .value")).to_have_text("–")
    cell(page, "BTC", "change24h").hover()
    expect(page.locator("#tip")).to_contain_text("Change in 1 hour –")
    assert not re.search("null|NaN|undefined|Infinity", page.locator("main").inner_text())
    assert user.complaints() == []


def disputed(body: Any) -> None:
    """Mark one price as disputed."""
    for coin in body["data"]:
        if coin["symbol"] == "ETH":
            coin |= {"disputed": True, "verified": False, "confidence": 0.45}


def test_a_dispute_is_seen(visit: Open) -> None:
    """A disputed price is marked in its row, and explained in its tip."""
    user = visit()
    alter(user.page, "/api/prices", disputed)
    page = user.open()
    is_loaded(page)

    expect(cell(page, "ETH", "sources")).to_have_class(re.compile("disputed"))
    expect(cell(page, "BTC", "sources")).to_have_class(re.compile(r"\bsure\b"))
    for name in ("price", "sources"):
        cell(page, "ETH", name).hover()
        expect(page.locator("#tip")).to_contain_text("0.45, disputed: two camps")
    assert user.complaints() == []


def raised(body: Any) -> None:
    """Raise the price of one coin."""
    for coin in body["data"]:
        if coin["symbol"] == "BNB":
            coin["priceUsd"] = 777.77


def test_a_refresh_rebuilds_nothing(visit: Open) -> None:
    """A refresh keeps all elements and the focus, and writes only texts that differ."""
    user = visit()
    user.page.clock.install()
    page = user.open()
    is_loaded(page)
    page.evaluate("document.querySelectorAll('#prices tbody tr').forEach(row => { row.kept = true; })")
    cell(page, "BNB", "price").focus()
    alter(page, "/api/prices", raised)
    page.clock.fast_forward(31_000)
    expect(cell(page, "BNB", "price")).to_have_text("777.77")

    assert page.evaluate("[...document.querySelectorAll('#prices tbody tr')].every(row => row.kept)")
    expect(cell(page, "BNB", "price")).to_be_focused()


def test_nothing_scrolls_sideways(visit: Open) -> None:
    """The page fits every width from a phone to a large screen without horizontal scrolling."""
    page = visit().open()
    is_loaded(page)
    for width in (360, 640, 768, 860, 1024, 1120, 1121, 1280, 1361, 1440, 1760, 1920):
        page.set_viewport_size({"width": width, "height": 780})
        wide, room = page.evaluate(WIDTH)
        assert wide <= room, width


def test_a_phone_shows_what_matters(visit: Open) -> None:
    """A phone shows coin, price, change and line, and a tap on a coin shows its candles."""
    page = visit(**PHONE).open()
    is_loaded(page)
    shown = page.locator("#prices thead th:visible").all_inner_texts()

    assert shown == ["Favourite", "Coin", "Price, USD", "24 h", "Last 24 h"]
    expect(cell(page, "DOGE", "price")).to_have_class(
        re.compile(r"\bsure\b")
    )  # it stands for the hidden column
    cell(page, "DOGE", "coin").tap()
    expect(page.locator("#chart h2")).to_have_text("DOGE · 1h candles")
    expect(page.locator("#chart h2")).to_be_in_viewport()


def test_the_system_s_theme_until_the_user_chooses(visit: Open) -> None:
    """The page has the system's theme until the user chooses one, which holds for later visits."""
    user = visit(color_scheme="dark")
    page = user.open()
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
    """The page has one main part, named regions, tables with captions and one live region."""
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
