"""What the page shows in case of failures, and how it limits its requests. Tests advance its clock."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.engine.web.pages.browser import BOARD, Visit
from tests.engine.web.pages.conftest import Open
from tests.upstreams import Fault, StandIn
from tests.upstreams.dialects import DIALECTS
from tests.waiting import eventually

API = re.compile(f"/api/|{BOARD}")


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """Return settings that let prices and candles expire at once and keep circuits closed between tests."""
    return {"CACHE_TTL_PRICES": "1", "CACHE_TTL_OHLCV": "1", "ENABLE_NEWS": "false"}


@pytest.fixture(autouse=True)
def _well(stand_in: StandIn) -> Iterator[None]:
    """Begin each test with healthy providers."""
    yield
    stand_in.heal()


@pytest.fixture
def user(visit: Open) -> Visit:
    """Return a user of the page, with a clock that tests advance."""
    user = visit()
    user.page.clock.install()
    user.open()
    expect(user.page.locator("#prices")).not_to_have_attribute("data-state", "loading")
    return user


def state(page: Page, panel: str, word: str) -> Locator:
    """Return a panel in a state."""
    return page.locator(f"#{panel}[data-state='{word}']")


def refused(status: int, code: str, message: str, wait: int, **details: str) -> dict[str, object]:
    """Return the engine's error as a response."""
    error = {"code": code, "message": message, "retryAfter": wait, "details": details}
    headers = {"Retry-After": str(wait)}
    return {"status": status, "headers": headers, "json": {"success": False, "error": error}}


def test_the_interface_fails_and_comes_back(user: Visit) -> None:
    """In a failure the last numbers stay, stale, with the reason and the next try, and then recover."""
    page = user.page
    page.route(API, lambda route: route.abort())
    page.clock.fast_forward(12_000)
    expect(page.locator("#prices [data-problem]")).to_have_text(
        re.compile(r"^The server cannot be reached\. Next try (in \d+ s|now)\.$")
    )
    expect(page.locator("#prices tbody tr[data-symbol='BTC'] .price")).not_to_be_empty()
    expect(state(page, "prices", "stale")).to_be_visible()
    expect(page.locator("[data-engine]")).to_have_text("no answer")
    user.wait(30)  # twice as long as states are taken for granted
    expect(state(page, "providers", "stale")).to_be_visible()

    page.unroute(API)
    page.clock.fast_forward(120_000)
    expect(page.locator("#prices [data-problem]")).to_be_hidden()
    expect(state(page, "prices", "fresh")).to_be_visible()
    expect(page.locator("[data-engine]")).to_have_text(re.compile("healthy|degraded"))
    assert user.complaints(failures_expected=True) == []


def test_a_provider_that_fails_says_why(user: Visit, stand_in: StandIn) -> None:
    """A failed provider shows its reason beside its state, and prices appear without it."""
    page = user.page
    stand_in.fault("okx", Fault("status", status=500))
    page.locator("#prices tr[data-symbol='BTC'] [data-cell='sources']").hover()
    user.wait(30)
    expect(page.locator("#tip")).to_contain_text("HTTP 500")
    user.wait(75)
    page.locator("#providers tbody tr", has_text="okx").locator("[data-cell='name']").focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator("#tip")).to_contain_text("HTTP 500")


def test_an_error_says_why(user: Visit) -> None:
    """An error has each provider's reason and no number."""
    page = user.page
    page.route(
        re.compile("symbol=ETC"),
        lambda route: route.fulfill(
            **refused(503, "PROVIDER_ERROR", "No provider answers", 60, kraken="Timeout")
        ),
    )
    page.locator("[data-coin]").select_option("ETC")

    expect(page.locator("#chart [data-problem]")).to_have_text(
        re.compile(r"^No provider answers \(Kraken: no answer in time\)\. Next try in (1 min|\d\d s)\.$")
    )
    expect(page.locator("#chart [data-freshness]")).to_have_text("No data")
    expect(page.locator("[data-candles]")).to_have_attribute("aria-valuetext", "")


def test_a_page_without_any_answer_shows_no_number(visit: Open) -> None:
    """A page that reaches no API from the start shows no number."""
    user = visit()
    user.page.route(API, lambda route: route.abort())
    page = user.open()
    for panel in ("overview", "chart", "prices", "movers", "sentiment", "providers"):
        expect(page.locator(f"#{panel} [data-freshness]")).to_have_text("No data")

    shown = page.locator("#overview dd, #prices td, #sentiment dd, .gauge .value").all_text_contents()
    assert set(shown) <= {"–", ""}
    assert user.complaints(failures_expected=True) == []


@pytest.mark.parametrize("path", ["/#%", "/#%E0%A4%A/1h", "/chart#%", "/chart#/nonsense"])
def test_an_address_that_cannot_be_read_is_no_trouble(path: str, visit: Open) -> None:
    """An address with an unreadable fragment shows the default market."""
    user = visit()
    page = user.open(path)

    expect(page.locator("#chart h2")).to_have_text(re.compile("^BTC(USDT)? · 1h candles$"))
    expect(page.locator("#chart [data-freshness]")).not_to_have_text("Loading")
    assert user.complaints(failures_expected=True) == []


def test_a_market_is_picked_before_the_feed_answers(visit: Open) -> None:
    """A market that was chosen while the feed fails is shown once the feed answers."""
    user = visit()
    user.page.clock.install()
    user.page.route(re.compile("/udf/"), lambda route: route.abort())
    page = user.open("/chart")
    expect(page.locator("#chart [data-freshness]")).to_have_text("No data")
    page.get_by_label("Find a market").fill("ETHUSDT")
    page.keyboard.press("Enter")
    page.unroute(re.compile("/udf/"))
    user.wait(90)

    expect(page.locator("#chart h2")).to_have_text("ETHUSDT · 1h candles")
    assert user.complaints(failures_expected=True) == []


def test_what_is_disabled_is_shown_quietly(user: Visit) -> None:
    """Disabled headlines show no alarm, and cause no further requests."""
    page = user.page
    expect(state(page, "headlines", "off")).to_be_visible()
    expect(page.locator("#headlines [data-problem]")).to_have_text("Headlines are disabled on this server.")
    user.asked.clear()
    page.clock.fast_forward(300_000)
    expect(page.locator("#headlines [data-freshness]")).to_have_text("Disabled")

    assert not user.asked_for("/api/news")


def test_a_hidden_tab_asks_for_nothing(user: Visit) -> None:
    """A hidden tab sends no request for an hour, and is updated when it is shown."""
    page = user.page
    user.settle()
    user.hide()
    user.asked.clear()
    page.clock.run_for(3_600_000)
    user.settle()
    assert user.asked == []

    with page.expect_response(re.compile("/api/prices")):
        user.hide(False)
    expect(state(page, "prices", "fresh")).to_be_visible()


def test_a_spent_quota_is_waited_for(user: Visit) -> None:
    """After a spent quota no request is sent before the given time, whatever the user clicks."""
    page = user.page
    page.route(
        re.compile("/api/ohlcv"), lambda route: route.fulfill(**refused(429, "RATE_LIMITED", "Slow", 50))
    )
    page.locator("[data-coin]").select_option("ETC")
    expect(page.locator("#chart [data-problem]")).to_contain_text("The quota of this minute is spent")
    page.unroute(re.compile("/api/ohlcv"))
    user.asked.clear()
    page.locator("[data-coin]").select_option("ATOM")
    page.clock.fast_forward(30_000)
    expect(page.locator("#chart [data-problem]")).to_contain_text("The quota of this minute is spent")
    assert not user.asked_for("/api/ohlcv")

    page.clock.fast_forward(60_000)
    expect(page.locator("#chart [data-problem]")).to_be_hidden()
    expect(page.locator("#chart h2")).to_have_text("ATOM · 1h candles")


def test_a_page_that_is_left_open_stays_within_its_quotas(user: Visit) -> None:
    """A page with stale data sends within two minutes no more requests than planned for each path."""
    user.settle()
    user.asked.clear()
    user.wait(120)

    assert 4 <= len(user.asked_for("/api/prices")) <= 2 * 120 / 4
    assert len(user.asked_for("/api/ohlcv")) <= 2 * 60
    assert len(user.asked_for("/api/sentiment")) <= 2 * 30 / 4
    for path in ("/api/providers", "/api/market/overview", "/api/news", "/board"):
        assert len(user.asked_for(path)) <= 2 * 60 / 4


def test_stale_prices_look_stale_and_say_since_when(user: Visit, stand_in: StandIn) -> None:
    """With every provider down the numbers stay and are marked as stale, until a provider recovers.

    This test comes last, since it opens circuits.
    """
    page = user.page
    ink = "getComputedStyle(document.querySelector('#prices .price')).fontStyle"
    is_fresh_again(user)  # what the test before has left stale is asked for again
    shown = page.locator("#prices tr[data-symbol='BTC'] [data-cell='price']").inner_text()
    assert page.evaluate(ink) == "normal"
    for provider in DIALECTS:
        stand_in.fault(provider, Fault("status", status=500))
    user.wait(15)

    expect(state(page, "prices", "stale")).to_be_visible()
    expect(page.locator("#prices [data-freshness]")).to_have_text(re.compile(r"^Stale since \d"))
    assert page.evaluate(ink) == "italic"
    assert page.locator("#prices tr[data-symbol='BTC'] [data-cell='price']").inner_text() == shown
    expect(page.locator("[data-announcer]")).to_have_text(re.compile("are stale"))

    stand_in.heal()
    is_fresh_again(user)


def is_fresh_again(user: Visit) -> None:
    """Advance the page's clock until prices are fresh. The engine's own time has to pass after a failure."""
    fresh = state(user.page, "prices", "fresh")

    def after_another_look() -> bool:
        user.page.wait_for_timeout(1_000)  # looks in quick succession would spend the page's quota
        user.wait(15)
        return fresh.is_visible()

    eventually(after_another_look, 60)
