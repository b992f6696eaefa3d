"""How users find coins and come back to them: the search, favourites, orders, movers, and addresses."""

import re
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.engine.web.pages.browser import alter
from tests.engine.web.pages.conftest import Open
from tests.engine.web.pages.test_market import cell, is_loaded, row
from tests.running import Engine
from tests.waiting import eventually


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """Return settings of a server that knows what all venues list."""
    return {"CATALOGUE_ENABLED": "true", "RATE_LIMIT_DEFAULT": "100000"}


def search(page: Page, text: str) -> Locator:
    """Type into the search, and return what is found."""
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search all coins")).to_be_focused()
    page.keyboard.type(text)
    return page.locator("[role=option]")


def found(engine: Engine, text: str) -> list[Any]:
    """Return the coins that the interface finds."""
    rows: list[Any] = requests.get(f"{engine.url}/api/symbols?q={text}", timeout=20).json()["data"]
    return rows


def symbols(page: Page) -> list[str]:
    """Return the coins of the table in their order."""
    return page.locator("#prices tbody tr:visible .code").all_inner_texts()


def test_any_coin_is_found_by_its_ticker_its_name_or_a_former_one(visit: Open, engine: Engine) -> None:
    """The search needs no mouse, finds coins beside those of the table, and says what it did not find."""
    eventually(lambda: len(found(engine, "bitcoin")) == 3 and found(engine, "xmr"))  # lists of venues come
    user = visit()
    page = user.open()
    is_loaded(page)
    expect(search(page, "matic")).to_have_text(re.compile("^POL POL .*formerly MATIC"))
    page.keyboard.press("Enter")
    expect(page.locator("#chart h2")).to_have_text("POL · 1h candles")

    expect(search(page, "bitcoin")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Control+A")
    page.keyboard.type("nothing at all")
    expect(page.get_by_role("listbox")).to_have_text("Nothing is called so")
    page.keyboard.press("Control+A")
    page.keyboard.type("xmr")
    page.locator("[role=option]", has_text="XMR").first.click()
    expect(page.locator("#chart h2")).to_have_text("XMR · 1h candles")
    expect(page.locator("[data-chart-note]")).to_contain_text(re.compile("candles in USDT? from"))
    assert user.complaints() == []


def test_favourites_are_kept_and_shown_alone(visit: Open) -> None:
    """A starred coin is still one after a reload, the favourites alone have an address, and none is said."""
    page = visit().open("/#BTC/1h?only=favourites")
    is_loaded(page)
    expect(page.locator("[data-none]").first).to_have_text(re.compile("^No favourites yet"))
    page.get_by_role("button", name="Favourites only").click()
    row(page, "LTC").get_by_role("button").click()
    cell(page, "SOL", "rank").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#chart h2")).to_have_text("BTC · 1h candles")  # a star picks no coin
    page.get_by_role("button", name="Favourites only").click()
    page.reload()
    is_loaded(page)

    assert sorted(symbols(page)) == ["LTC", "SOL"]
    expect(page.get_by_role("button", name="Favourite LTC")).to_have_attribute("aria-pressed", "true")


def test_the_focus_stays_in_the_table(visit: Open) -> None:
    """A moved row keeps the focus; a hidden one gives it to the next, and the last one to the switch."""
    page = visit().open("/#BTC/1h?sort=price")
    is_loaded(page)
    for coin in ("LTC", "SOL"):
        row(page, coin).get_by_role("button").click()
    cell(page, "SOL", "price").focus()
    page.evaluate("history.pushState(null, '', '#BTC/1h?sort=-price'); dispatchEvent(new Event('popstate'))")
    expect(page.locator("#prices th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    expect(cell(page, "SOL", "price")).to_be_focused()

    switch = page.get_by_role("button", name="Favourites only")
    switch.click()
    row(page, "LTC").get_by_role("button").press("Enter")
    expect(row(page, "SOL").get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(switch).to_be_focused()


def test_a_choice_that_fails_is_said_at_the_search(visit: Open, engine: Engine) -> None:
    """A coin of one venue needs its market; without an answer the field stays and says why."""
    eventually(lambda: [coin["state"] for coin in found(engine, "ai16z")].count("tentative") > 1)
    user = visit()
    page = user.open()
    is_loaded(page)
    page.route(re.compile("/api/markets"), lambda route: route.abort())
    expect(search(page, "ai16z").filter(has_text="on Gate")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.get_by_role("listbox")).to_have_text("The server cannot be reached")
    expect(page.get_by_role("combobox", name="Search all coins")).to_be_focused()
    expect(page.locator("#chart h2")).to_have_text("BTC · 1h candles")
    assert user.complaints(failures_expected=True) == []


@pytest.mark.parametrize(
    ("column", "member", "first"),
    [
        ("Price, USD", "priceUsd", "descending"),
        ("1 h", "change1h", "descending"),
        ("24 h", "change24h", "descending"),
        ("7 d", "change7d", "descending"),
        ("Volume 24 h", "volume24h", "descending"),
        ("Market cap", "marketCap", "descending"),
        ("Coin", "symbol", "ascending"),
    ],
)
def test_each_column_sorts(page: Page, column: str, member: str, first: str) -> None:
    """A head sorts by its column, the most first, and turns the order at the second click."""
    head = page.get_by_role("columnheader", name=column, exact=True)
    coins = {symbol: coin[member] for symbol, coin in page.coins.items()}  # type: ignore[attr-defined]
    wanted = sorted(coins.values(), reverse=first == "descending")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", first)
    assert [coins[symbol] for symbol in symbols(page)] == wanted
    head.get_by_role("button").press("Enter")
    assert [coins[symbol] for symbol in symbols(page)] == wanted[::-1]
    assert re.search(r"sort=-?\w+", page.url)


@pytest.fixture(scope="module")
def page(browser: Any, engine: Engine) -> Any:
    """Yield one page for all columns, with the figures that it shows."""
    context = browser.new_context(viewport={"width": 1680, "height": 900})
    page = context.new_page()
    coins: dict[str, Any] = {}

    def note(body: Any) -> None:
        coins.update({coin["symbol"]: coin for coin in body["data"]})

    alter(page, "/api/prices", note)
    page.goto(engine.url)
    expect(page.locator("#prices")).to_have_attribute("data-state", "fresh")
    page.coins = coins
    yield page
    context.close()


def unknown(body: Any) -> None:
    """Remove a figure of the first coin, and the ranks between others."""
    body["data"][0]["change7d"] = None


def test_what_is_unknown_comes_last_and_ranks_are_explained(visit: Open) -> None:
    """Coins without the figure are last in both orders, and ranks of coins that are not listed are named."""
    user = visit()
    alter(user.page, "/api/prices", unknown)
    page = user.open("/#BTC/1h?sort=change7d")
    is_loaded(page)

    assert symbols(page)[-1] == "BTC"
    expect(page.locator("[data-ranks]")).to_have_text(
        re.compile(r"^Ranks 3 and 7 belong to coins that are not in this list, such as stablecoins")
    )


def test_movers_are_those_of_the_interface(visit: Open, engine: Engine) -> None:
    """Gainers, losers and trending coins are shown without a request of their own, and show their candles."""
    user = visit()
    page = user.open()
    is_loaded(page)
    data = requests.get(f"{engine.url}/api/market/overview", timeout=5).json()["data"]
    for name, member in (("gainers", "topGainers"), ("losers", "topLosers"), ("trending", "trending")):
        expect(page.locator(f"[data-list={name}] .code")).to_have_text(
            [coin["symbol"] for coin in data[member]][:5]
        )
    assert not user.asked_for("/api/market/overview")
    page.locator("[data-list=losers] button").first.click()
    expect(page.locator("#chart h2")).to_have_text(f"{data['topLosers'][0]['symbol']} · 1h candles")


def test_an_empty_answer_is_said(visit: Open) -> None:
    """Movers and headlines that no provider has now are no empty panels, but say so."""
    user = visit()

    def empty(body: Any) -> None:
        body["data"] = (
            {**body["data"], "topGainers": [], "topLosers": [], "trending": []}
            if isinstance(body["data"], dict) and "trending" in body["data"]
            else []
        )

    alter(user.page, "/api/(market/overview|news)", empty)
    page = user.open()
    is_loaded(page)

    expect(page.locator("#movers [data-none]:visible")).to_have_text(["None is known now."] * 3)
    expect(page.locator("#headlines [data-none]")).to_have_text("No provider has headlines now.")
    assert user.complaints() == []


@pytest.mark.parametrize(
    ("path", "pick", "first"),
    [
        ("/", "SOL", "BTC · 1h candles"),
        ("/#ETH", "SOL", "ETH · 1h candles"),
        ("/chart", "4h", "BTCUSDT · 1h candles"),
        ("/chart#ETHUSDT", "4h", "ETHUSDT · 1h candles"),
    ],
)
def test_back_leads_out_of_the_page_again(path: str, pick: str, first: str, visit: Open) -> None:
    """An address without an interval or a coin is a view, too: back shows it, and leads on to others."""
    user = visit()
    user.page.goto("about:blank")
    page = user.open(path)
    title = page.locator("#chart h2")
    expect(title).to_have_text(first)
    if pick == "SOL":
        page.locator("[data-coin]").select_option(pick)
    else:
        page.locator("#chart [data-intervals] label", has_text=pick).first.click()
    expect(title).not_to_have_text(first)
    second = title.inner_text()

    page.go_back()
    expect(title).to_have_text(first)
    assert page.url == user.url + path
    page.go_forward()
    expect(title).to_have_text(second)
    page.go_back()
    expect(title).to_have_text(first)
    page.go_back()
    assert page.url == "about:blank"
    assert user.complaints() == []


@pytest.mark.parametrize(
    ("path", "address"),
    [("/#ETH/7x?compare=NOSUCH", "/#ETH/1h"), ("/chart#ETHUSDT/7x?compare=NOSUCH", "/chart#ETHUSDT/60")],
)
def test_what_an_address_has_wrong_is_said(path: str, address: str, visit: Open) -> None:
    """An interval or a second coin that does not exist is named, and the address is that of what is shown."""
    user = visit()
    page = user.open(path)
    expect(page.locator("[data-refused]")).to_have_text("7x cannot be shown: there is no such interval.")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    expect(page.locator("[data-compare-note]")).to_have_text("NOSUCH cannot be compared: the list lacks it.")

    assert page.url == user.url + address
    page.evaluate("location.hash = '#ETH/2x'")
    expect(page.locator("[data-refused]")).to_have_text("2x cannot be shown: there is no such interval.")
    assert user.complaints() == []


def test_back_and_forward_go_through_what_was_shown(visit: Open) -> None:
    """Coins, intervals, a comparison and the scale have addresses, and the chart's page keeps the coin."""
    user = visit()
    page = user.open("/#ETH/4h?compare=BTC&scale=log")
    title, compare = page.locator("#chart h2"), page.get_by_label("Compare with")
    expect(title).to_have_text("ETH · 4h candles")
    expect(compare).to_have_value("BTC")
    expect(page.get_by_role("button", name="Log")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-coin]").select_option("SOL")
    expect(title).to_have_text("SOL · 4h candles")
    page.locator("#chart [data-intervals] label", has_text="1d").click()
    expect(title).to_have_text("SOL · 1d candles")
    compare.select_option("")
    page.go_back()
    expect(compare).to_have_value("BTC")
    page.go_back()
    expect(title).to_have_text("SOL · 4h candles")
    page.go_back()
    expect(title).to_have_text("ETH · 4h candles")
    page.go_forward()
    expect(title).to_have_text("SOL · 4h candles")

    page.get_by_role("link", name="Chart").click()
    expect(title).to_have_text("SOLUSDT · 4h candles")
    page.get_by_role("link", name="Market").click()
    expect(title).to_have_text("SOL · 4h candles")
    assert user.complaints() == []


@pytest.mark.parametrize("path", ["/", "/chart"])
def test_a_wrong_symbol_keeps_the_chart(path: str, visit: Open) -> None:
    """A wrong symbol is explained, is not requested again, and changes neither the chart nor its address."""
    user = visit()
    user.page.clock.install()
    page = user.open(f"{path}#ETH/4h")
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    title = page.locator("#chart h2").inner_text()
    page.evaluate("location.hash = '#NOSUCH/4h'")
    user.wait(5)
    expect(page.locator("[data-refused]")).to_have_text("NOSUCH cannot be shown: unknown coin or pair.")
    user.asked.clear()
    user.wait(90)

    assert not [url for url in user.asked if "NOSUCH" in url]
    expect(page.locator("#chart h2")).to_have_text(title)
    assert "ETH/" in page.url
    assert user.complaints(failures_expected=True) == []
