"""The base of all providers: hosts, windows and figures."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import responses

from providers import (
    INTERVALS,
    TETHER,
    BadData,
    Blocked,
    Candle,
    CandleSource,
    CategorySource,
    FeedSource,
    Http,
    Interval,
    ListingSource,
    Market,
    NewsSource,
    OverviewSource,
    Provider,
    QuoteSource,
    RateLimit,
    RateLimited,
    SentimentSource,
    TrendingSource,
    Unavailable,
    Window,
)
from providers._reading import change, milliseconds, number, percent_of_fraction, ranked_rows
from providers.binance import Binance
from tests.providers.payloads import BTC, ETH, NOW

FIRST, SECOND = "https://first.example", "https://second.example"
HOUR = INTERVALS["1h"]
OPEN = HOUR.open_time(int(NOW * 1000))


@dataclass
class Clock:
    """A clock that changes only when a test sets it."""

    time: float = NOW

    def __call__(self) -> float:
        """Return the time."""
        return self.time


MARKET = Market("binance", "BTC", "USDT", "BTCUSDT")


class TwoHosts(Provider):
    """A provider with a second host."""

    name = "two-hosts"
    base_urls = (FIRST, SECOND)
    rate_limit = RateLimit(1, 1)


class Ten(CandleSource):
    """A provider that sends its ten newest hours for every request, newest first."""

    name = "ten"
    base_urls = (FIRST,)
    rate_limit = RateLimit(1, 1)
    intervals = {"1h": 1}
    max_candles = 10
    newest_first = True

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[int]:
        """Return ten open times, newest first."""
        return [OPEN - ago * HOUR.length for ago in range(10)]

    def read_candle(self, row: int, interval: Interval) -> Candle:
        """Return a candle without a volume."""
        return Candle(row, 1.0, 1.0, 1.0, 1.0, None)


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Mock the network: only registered requests get responses."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def hosts(wire: responses.RequestsMock) -> list[str]:
    """Return the requested hosts in order."""
    return [(call.request.url or "").removesuffix("/path") for call in wire.calls]


def test_blocked_host(wire: responses.RequestsMock) -> None:
    """A host that refuses the region gets no requests for an hour, and the next host is requested at once."""
    wire.get(f"{FIRST}/path", status=451)
    wire.get(f"{SECOND}/path", json={"well": True})
    clock = Clock()
    provider = TwoHosts(Http(), clock=clock)

    assert provider.ask("/path") == {"well": True}
    clock.time += 3599
    provider.ask("/path")
    assert hosts(wire) == [FIRST, SECOND, SECOND]

    clock.time += 1
    provider.ask("/path")
    assert hosts(wire) == [FIRST, SECOND, SECOND, FIRST, SECOND]


def test_all_hosts_blocked(wire: responses.RequestsMock) -> None:
    """If every host refuses the region, the error says so, and no further requests follow."""
    wire.get(f"{FIRST}/path", status=451)
    wire.get(f"{SECOND}/path", status=403, body="not available in your region: from your country")
    provider = TwoHosts(Http(), clock=Clock())

    for _ in range(2):
        with pytest.raises(Blocked):
            provider.ask("/path")
    assert hosts(wire) == [FIRST, SECOND]


def test_host_down(wire: responses.RequestsMock) -> None:
    """After a failure, the next call starts with the first host again."""
    wire.get(f"{FIRST}/path", status=500)
    wire.get(f"{SECOND}/path", json=[])
    provider = TwoHosts(Http(), clock=Clock())

    for _ in range(2):
        assert provider.ask("/path") == []
    assert hosts(wire) == [FIRST, SECOND] * 2


def test_last_failure_counts(wire: responses.RequestsMock) -> None:
    """If every host fails, the error is that of the last one."""
    wire.get(f"{FIRST}/path", status=451)
    wire.get(f"{SECOND}/path", status=502)

    with pytest.raises(Unavailable) as caught:
        TwoHosts(Http(), clock=Clock()).ask("/path")
    assert caught.value.reason == "HTTP 502"


@pytest.mark.parametrize(("status", "error"), [(429, RateLimited), (200, BadData)])
def test_no_second_host(status: int, error: type[Exception], wire: responses.RequestsMock) -> None:
    """A rate limit and invalid data are final: no other host is requested."""
    wire.get(f"{FIRST}/path", status=status, body="<html>")

    with pytest.raises(error):
        TwoHosts(Http(), clock=Clock()).ask("/path")
    assert hosts(wire) == [FIRST]


def test_hosts_of_binance(wire: responses.RequestsMock) -> None:
    """Binance's host for public data is first, its main host second."""
    wire.get("https://data-api.binance.vision/api/v3/klines", status=451)
    wire.get("https://api.binance.com/api/v3/klines", json=[[OPEN, "1", "1", "1", "1", "1"]])

    assert len(Binance(Http(), clock=Clock()).candles(MARKET, HOUR, Window(3))) == 1
    assert len(wire.calls) == 2


def test_abilities_are_left_to_subclasses() -> None:
    """An ability without its method raises NotImplementedError."""
    bare = type("Bare", (CandleSource, QuoteSource), {"base_urls": (FIRST,)})(Http(), clock=Clock())

    with pytest.raises(NotImplementedError):
        bare.fetch_candles(MARKET, HOUR, Window(3))
    with pytest.raises(NotImplementedError):
        bare.fetch_quotes([BTC])


@pytest.mark.parametrize(
    ("ability", "method", "arguments"),
    [
        (SentimentSource, "fear_greed", [30]),
        (NewsSource, "headlines", []),
        (FeedSource, "headlines_of", ["https://a.example/feed"]),
        (OverviewSource, "overview", []),
        (ListingSource, "listings", []),
        (TrendingSource, "trending", []),
        (CategorySource, "categories", []),
    ],
)
def test_market_wide_abilities_are_left_to_subclasses(
    ability: type[Provider], method: str, arguments: list[object]
) -> None:
    """Each ability leaves its fetch method to subclasses."""
    bare = type("Bare", (ability,), {"base_urls": (FIRST,), "name": "bare"})(Http(), clock=Clock())

    with pytest.raises(NotImplementedError):
        getattr(bare, method)(*arguments)


def test_bodies_that_are_no_json(wire: responses.RequestsMock) -> None:
    """Text bodies arrive unchanged from all of the provider's hosts, and refusals raise the usual errors."""
    wire.get(f"{FIRST}/path", status=502)
    wire.get(f"{SECOND}/path", body=b"<a/>")
    wire.get("https://third.example/path", status=429, headers={"Retry-After": "7"})
    provider = TwoHosts(Http(), clock=Clock())

    def read(body: bytes, kind: str) -> tuple[bytes, str]:
        return body, kind

    assert provider.ask_text("/path", read) == (b"<a/>", "text/plain")
    with pytest.raises(RateLimited) as caught:
        provider.ask_text("/path", read, ["https://third.example"])
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("window", "ages"),
    [
        (Window(3), [2, 1, 0]),
        (Window(20), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (Window(3, end=OPEN - 4 * HOUR.length), [6, 5, 4]),
        (Window(3, start=OPEN - 8 * HOUR.length), [8, 7, 6]),
        (Window(3, start=OPEN - HOUR.length), [1, 0]),
        (Window(3, start=OPEN - 8 * HOUR.length, end=OPEN - 7 * HOUR.length), [8, 7]),
        (Window(3, start=OPEN - 30 * HOUR.length, end=OPEN - 20 * HOUR.length), []),
        (Window(3, start=OPEN, end=OPEN - HOUR.length), []),
    ],
)
def test_cutting(window: Window, ages: list[int]) -> None:
    """Candles outside of the window are dropped, and the others are in ascending order."""
    candles = Ten(Http(), clock=Clock()).candles(MARKET, HOUR, window)

    assert [(OPEN - candle.open_time) // HOUR.length for candle in candles] == ages


def test_time_of_another_kind(wire: responses.RequestsMock) -> None:
    """An open time that is not a number is BadData."""
    wire.get("https://data-api.binance.vision/api/v3/klines", json=[["soon", "1", "1", "1", "1", "1"]])

    with pytest.raises(BadData):
        Binance(Http(), clock=Clock()).candles(MARKET, HOUR, Window(3))


def test_figures() -> None:
    """A missing figure stays unknown instead of becoming zero."""
    assert [number(None), number(""), number("0"), number("1.5")] == [None, None, 0.0, 1.5]
    assert [percent_of_fraction(None), percent_of_fraction("-0.0625")] == [None, -6.25]
    assert [change(80.0, None), change(80.0, "0"), change(80.0, "64")] == [None, None, 25.0]
    assert milliseconds("2026-01-02T00:00:00.599Z") == 1_767_312_000_599


def test_tether_markets() -> None:
    """Coins are found by their USDT market, which USDT itself lacks."""
    source = type("Bare", (QuoteSource,), {"base_urls": (FIRST,), "name": "bare"})(Http(), clock=Clock())

    assert source.tether_markets([BTC, TETHER, ETH], "-") == {"BTC-USDT": BTC, "ETH-USDT": ETH}


def test_ranked_rows() -> None:
    """Among the rows with one code and name, the best rank counts, and a row without a rank never does."""
    ranks = [("BTC", 7), ("BTC", 1), ("BTC", 2), ("BTC", 0), ("ETH", 0)]
    names = {"BTC": "bitcoin", "ETH": "ethereum"}
    rows = [{"symbol": it, "rank": rank, "name": names[it], "nameid": names[it]} for it, rank in ranks]

    assert ranked_rows(rows, [BTC, ETH]) == [(BTC, rows[1])]
