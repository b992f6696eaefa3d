"""Pages of a long range: put together they are the range."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.market.candles.paging import next_page, next_window
from engine.market.candles.request import CandleRequest
from providers import ASSET_BY_NAME, INTERVALS, Asset, Candle, Pair, Window

HOUR = INTERVALS["1h"]
START = 1_767_312_000_000
NOW = START + 5000 * HOUR.length
PAIR = Pair(ASSET_BY_NAME["BTC"], "USDT")


def candle(hour: int) -> Candle:
    """Return the candle of an hour after `START`."""
    return Candle(START + hour * HOUR.length, 1.0, 1.0, 1.0, 1.0, 1.0)


def answered(kept: Sequence[int], window: Window) -> list[Candle]:
    """Return what a provider answers that has the hours `kept`."""
    first, last = window.start or 0, NOW if window.end is None else window.end
    inside = [it for hour in kept if first <= (it := candle(hour)).open_time <= last]
    return inside[: window.limit] if window.start is not None else inside[-window.limit :]


def pages(kept: Sequence[int], window: Window | None) -> list[list[Candle]]:
    """Return all pages from `window` on."""
    found: list[list[Candle]] = []
    while window is not None:
        found.append(answered(kept, window))
        window = next_window(CandleRequest("BTCUSDT", PAIR, HOUR, window), found[-1], NOW)
        assert len(found) < 100
    return found


HOURS = st.lists(st.integers(0, 400), unique=True, max_size=300).map(sorted)


@given(HOURS)
def test_forward_pages_are_the_range(kept: list[int]) -> None:
    """No candle twice and none left out, whatever is missing."""
    end = START + 400 * HOUR.length
    found = [it for page in pages(kept, Window(50, START, end)) for it in page]

    assert found == [candle(hour) for hour in kept]


@given(HOURS)
def test_backward_pages_end_where_nothing_is_older(kept: list[int]) -> None:
    """The pages from the newest on hold each candle once, down to the first page without any."""
    found = pages(kept, Window(50, None, START + 400 * HOUR.length))
    together = [it for page in reversed(found) for it in page]

    assert together == sorted({it.open_time: it for it in together}.values(), key=lambda it: it.open_time)
    assert len(together) == len(kept)


def test_the_path_has_the_whole_request() -> None:
    """Everything that was asked stays, the end is pinned, and there is no host."""
    request = CandleRequest(
        "BTCUSDT", PAIR, HOUR, Window(50, START), closed_only=True, venue="kraken", all_fields=True
    )
    path = next_page(request, [candle(hour) for hour in range(50)], NOW)

    assert path == (
        f"/api/ohlcv?symbol=BTCUSDT&interval=1h&limit=50&startTime={START + 50 * HOUR.length}"
        f"&endTime={NOW}&closedOnly=true&source=kraken&fields=all"
    )


@pytest.mark.parametrize("window", [Window(50), Window(50, START, START + 49 * HOUR.length)])
def test_there_is_no_next_page_of_what_is_complete(window: Window) -> None:
    """Of the newest candles, and of a window that fits into one page."""
    request = CandleRequest("BTCUSDT", PAIR, HOUR, window)

    assert next_page(request, [candle(hour) for hour in range(50)], NOW) is None


def test_the_next_page_is_of_the_same_coin() -> None:
    """A code may mean another coin at another time or venue, so pages go on under the coin's id."""
    other = Pair(Asset("LUNA", "Terra Luna Classic", "", "", 0, id="lunc"), "USD")
    window = Window(50, START, START + 100 * HOUR.length)
    full = [candle(hour) for hour in range(50)]

    pinned = next_page(CandleRequest("BTCUSDT", PAIR, HOUR, window), full, NOW)
    peculiar = next_page(CandleRequest("LUNA/USD", other, HOUR, window, venue="kraken"), full, NOW)

    assert pinned is not None
    assert peculiar is not None
    assert "symbol=BTCUSDT&" in pinned
    assert "symbol=@lunc/USD&" in peculiar
    assert "source=kraken" in peculiar
