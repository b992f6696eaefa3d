"""The reading of older candles for the warm-up."""

import time
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from engine.cache import Validity
from engine.errors import AllProvidersFailed
from engine.market.candles import Candles
from engine.market.candles.request import CandleRequest
from engine.market.candles.slices import CandleSlice
from engine.market.indicators.reading import MOST_PAGES, newest, with_older
from engine.market.indicators.request import IndicatorRequest, read_indicators
from engine.market.labels import Labels
from providers import ASSETS, INTERVALS, Candle, Pair

HOUR = INTERVALS["1h"]
NOW = HOUR.open_time(1_795_365_630_000)
REQUEST = IndicatorRequest(
    "BTCUSDT", Pair(ASSETS[0], "USDT"), HOUR, 100, read_indicators(["ema:500"]), closed_only=True
)


class Market:
    """Candles of one venue with its page size, from a first candle on, without some of them."""

    def __init__(self, most: int = 1000, count: int = 10_000, missing: tuple[int, ...] = ()) -> None:
        self.upstreams = [
            SimpleNamespace(name="other", provider=SimpleNamespace(max_candles=7)),
            SimpleNamespace(name="venue", provider=SimpleNamespace(max_candles=most)),
        ]
        self.label = Labels(demo=True)
        self.most = most
        self.times = [HOUR.after(NOW, -place) for place in range(1, count + 1) if place not in missing][::-1]
        self.asked: list[CandleRequest] = []

    def slice(self, request: CandleRequest) -> CandleSlice:
        """Return the candles of a window, at most as many as the venue sends."""
        self.asked.append(request)
        window = request.window
        assert window.limit <= max(self.most, 999)
        if window.start is None:
            times = self.times[-min(window.limit, self.most) :]
        else:
            times = [time for time in self.times if window.start <= time <= (window.end or NOW)]
        candles = tuple(Candle(time, 1.0, 1.0, 1.0, 1.0, 1.0) for time in times)
        validity = Validity(made=0.0, lifetime=1.0)
        return CandleSlice("BTCUSDT", HOUR, "USDT", "demo:venue", candles, validity)


def read(market: Any, until: float = float("inf")) -> CandleSlice:
    """Return the candles for the request."""
    candles = cast(Candles, market)
    return with_older(candles, REQUEST, newest(candles, REQUEST), until)


@pytest.mark.parametrize(("most", "pages"), [(1000, 4), (500, 8)])
def test_pages_continue_the_newest_candles(most: int, pages: int) -> None:
    """Older candles are read in order, each once, in pages of the venue's size."""
    market = Market(most)
    found = [candle.open_time for candle in read(market).candles]

    assert found == market.times[-REQUEST.count :]
    assert pages <= len(market.asked) - 1 <= pages + 1
    assert {request.venue for request in market.asked[1:]} == {None}


def test_a_page_of_another_provider_does_not_count() -> None:
    """The source of the newest candles is asked for the page then, and no other."""

    class Recovered(Market):
        def slice(self, request: CandleRequest) -> CandleSlice:
            found = super().slice(request)
            other = request.window.start is not None and request.venue is None
            return replace(found, source="demo:other") if other else found

    market = Recovered()

    assert [candle.open_time for candle in read(market).candles] == market.times[-REQUEST.count :]
    assert [request.venue for request in market.asked[1:5]] == [None, "venue", None, "venue"]


def test_pages_are_the_same_an_hour_later() -> None:
    """The windows of pages are the same an hour later, so that they are fetched once."""
    first, second = Market(), Market()
    second.times = [*second.times, NOW]
    read(first)
    read(second)
    windows = [[request.window for request in market.asked[1:]] for market in (first, second)]

    assert windows[0][:3] == windows[1][:3]


def test_a_venue_with_tiny_pages_is_asked_so_often_at_most() -> None:
    """A venue with tiny pages gets a limited number of calls, and the warm-up is shorter."""
    market = Market(60)
    found = read(market).candles

    assert len(market.asked) == 1 + MOST_PAGES
    assert len(found) < REQUEST.count


def test_a_young_market_ends_the_reading() -> None:
    """The reading ends at the first candle of a market."""
    market = Market(count=1300)

    assert len(read(market).candles) == 1300
    assert len(market.asked) <= 3


def test_a_missing_candle_is_a_gap() -> None:
    """A missing candle is a gap at any place among the read candles."""
    gone = HOUR.after(NOW, -1500)
    found = read(Market(missing=(1500,)))

    assert (found.gaps, found.reasons) == (((gone, gone),), ("unknown",))
    assert found.newest(100).gaps == ()


def test_what_pages_say_of_their_candles_stays() -> None:
    """The reasons of gaps and the candles from other providers are those of each page, without doubles."""
    gone, fill = HOUR.after(NOW, -1500), HOUR.after(NOW, -999)

    class Explaining(Market):
        def slice(self, request: CandleRequest) -> CandleSlice:
            found = super().slice(request)
            times = {candle.open_time for candle in found.candles}
            has_gap = times and min(times) < gone < max(times)
            return replace(
                found,
                gaps=((gone, gone),) if has_gap else (),
                reasons=("no_trades",) if has_gap else (),
                filled=((fill, "demo:other"),) if fill in times else (),
            )

    found = read(Explaining(missing=(1500,)))

    assert (found.gaps, found.reasons) == (((gone, gone),), ("no_trades",))
    assert found.filled == ((fill, "demo:other"),)


def test_no_page_begins_after_the_deadline() -> None:
    """After the deadline no further page is read, and the read candles count."""
    market = Market()

    assert len(read(market, until=time.monotonic()).candles) == 999
    assert len(market.asked) == 1


def test_a_failure_ends_the_reading() -> None:
    """A failure ends the reading, and the read candles count."""

    class Failing(Market):
        def slice(self, request: CandleRequest) -> CandleSlice:
            if len(self.asked) == 2:
                raise AllProvidersFailed("all failed")
            return super().slice(request)

    found = read(Failing()).candles

    assert 999 < len(found) < REQUEST.count
