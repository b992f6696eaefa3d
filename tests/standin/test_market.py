"""The invented market is consistent: all its answers agree with each other."""

from __future__ import annotations

from itertools import pairwise
from statistics import correlation, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.upstreams.coins import COINS, TRADED
from tests.upstreams.feed import Feed
from tests.upstreams.intervals import DAY, FIRST_MS, INTERVALS, MINUTE
from tests.upstreams.market import Candle, Market

NOW_MS = 1_763_829_137_412
MARKET = Market(seed=7, clock=lambda: NOW_MS / 1000)
PAIRS = [
    ("5m", "1m"),
    ("15m", "5m"),
    ("30m", "15m"),
    ("1h", "15m"),
    ("4h", "1h"),
    ("6h", "1h"),
    ("1d", "4h"),
    ("1w", "1d"),
    ("thursday week", "1d"),
    ("4d", "1d"),
    ("1d hong kong", "4h"),
]
codes = st.sampled_from(sorted(COINS))
moments = st.integers(FIRST_MS + 62 * DAY, NOW_MS)  # there are two months by then


def lots(rows: list[Candle], code: str) -> int:
    """Return the volume in integer lots, whose sums are exact."""
    return sum(round(row.volume * 10 ** COINS[code].volume_decimals) for row in rows)


def assert_agree(whole: Candle, parts: list[Candle], code: str) -> None:
    """Check that a candle is exactly what its parts are together."""
    assert parts[0].open == whole.open
    assert parts[-1].close == whole.close
    assert max(part.high for part in parts) == whole.high
    assert min(part.low for part in parts) == whole.low
    assert lots(parts, code) == lots([whole], code)


@pytest.mark.parametrize(("wide", "narrow"), PAIRS)
@settings(max_examples=40, deadline=None)
@given(code=codes, now_ms=moments)
def test_running_and_closed_candles_agree_with_their_parts(
    wide: str, narrow: str, code: str, now_ms: int
) -> None:
    """A candle of any interval, closed or open, is what the shorter candles inside it are together."""
    size = INTERVALS[wide].size
    for whole in MARKET.candles(code, wide, now_ms - 2 * size, now_ms, now_ms):
        parts = MARKET.candles(code, narrow, whole.open_ms, whole.open_ms + size - 1, now_ms)
        assert_agree(whole, parts, code)


@settings(max_examples=60, deadline=None)
@given(code=codes, interval=st.sampled_from(sorted(INTERVALS)), now_ms=moments)
def test_candles_join_up(code: str, interval: str, now_ms: int) -> None:
    """Each candle opens where the previous one closed, within its bounds, and only the last is open."""
    size = INTERVALS[interval].size
    rows = MARKET.candles(code, interval, now_ms - 9 * size, now_ms, now_ms)

    assert len(rows) >= 2
    assert [row.closed for row in rows] == [True] * (len(rows) - 1) + [False]
    for row in rows:
        assert 0 < row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high
        assert row.volume >= 0
    for earlier, later in pairwise(rows):
        assert later.open_ms == INTERVALS[interval].after(earlier.open_ms)
        assert later.open == earlier.close


@settings(max_examples=60, deadline=None)
@given(code=codes, now_ms=moments)
def test_tickers_agree_with_candles(code: str, now_ms: int) -> None:
    """The last price closes the open minute, and the 24 hours are those of the minutes before it."""
    ticker = MARKET.ticker(code, now_ms)
    minutes = MARKET.candles(code, "1m", now_ms - DAY + 1, now_ms, now_ms)

    assert ticker.last == minutes[-1].close == MARKET.price(code, now_ms)
    assert ticker.open == MARKET.price(code, now_ms - DAY)
    assert ticker.high == max(ticker.open, *(row.high for row in minutes))
    assert ticker.low == min(ticker.open, *(row.low for row in minutes))
    assert lots(minutes, code) == round(ticker.volume * 10 ** COINS[code].volume_decimals)
    assert ticker.change_24h == pytest.approx((ticker.last / ticker.open - 1) * 100, abs=1e-6)
    assert ticker.today.close == ticker.last


@settings(max_examples=30, deadline=None)
@given(code=codes, now_ms=moments)
def test_the_running_minute_only_grows(code: str, now_ms: int) -> None:
    """Within a minute its range and its volume never shrink."""
    opening = INTERVALS["1m"].opening(now_ms)
    seen = [
        MARKET.candles(code, "1m", opening, opening, opening + passed)[0]
        for passed in range(0, MINUTE + 1, 5_000)
    ]

    for earlier, later in pairwise(seen):
        assert later.high >= earlier.high
        assert later.low <= earlier.low
        assert later.volume >= earlier.volume
    assert seen[0].volume == 0
    assert seen[-1].closed


def test_the_seed_decides_everything() -> None:
    """Markets of one seed are equal in any order of requests, and another seed gives another market."""
    one, other, strange = Market(3), Market(3), Market(4)
    one.ticker("ETH", NOW_MS - 5 * DAY)

    for code in ("BTC", "PEPE", "USDT"):
        assert one.ticker(code, NOW_MS) == other.ticker(code, NOW_MS)
    assert one.ticker("BTC", NOW_MS) != strange.ticker("BTC", NOW_MS)


@pytest.mark.parametrize("seed", [1, 7, 99])
@pytest.mark.parametrize("interval", ["5m", "1h"])
def test_it_moves_as_a_market_does(interval: str, seed: int) -> None:
    """For every seed a price never rests, large moves come together, and the volume goes with them."""
    size = INTERVALS[interval].size
    rows = Market(seed).candles("BTC", interval, NOW_MS - 1_000 * size, NOW_MS - size, NOW_MS)
    moves = [abs(later.close / earlier.close - 1) for earlier, later in pairwise(rows)]
    ranges = [row.high / row.low - 1 for row in rows]

    assert all(earlier.close != later.close for earlier, later in pairwise(rows))
    assert correlation(moves[1:], moves[:-1]) > 0.25
    assert correlation(moves[5:], moves[:-5]) > 0.1
    assert correlation(ranges, [row.volume for row in rows]) > 0.5
    assert max(moves) > 8 * median(moves)


def test_weeks_drift_together() -> None:
    """Coins rise and fall by some per cent in a week, most of them in the weeks of the others."""
    weeks = {
        code: [row.close / row.open - 1 for row in MARKET.candles(code, "1w", NOW_MS - 300 * 7 * DAY, NOW_MS)]
        for code in ("BTC", "ETH", "PEPE")
    }

    assert max(map(abs, weeks["BTC"])) > 0.03
    assert correlation(weeks["BTC"], weeks["ETH"]) > 0.3
    assert correlation(weeks["BTC"], weeks["PEPE"]) > 0.3


@pytest.mark.parametrize("code", sorted(COINS))
def test_prices_stay_plausible(code: str) -> None:
    """Every week since 2015 stays near the base price, in eight significant digits at most."""
    base = COINS[code].base
    for week in MARKET.candles(code, "1w", 0, NOW_MS):
        assert base / 2.2 < week.low <= week.high < base * 2.2
        prices = (week.open, week.high, week.low, week.close)
        assert all(price == float(f"{price:.8g}") for price in prices)


def test_tether_hardly_moves() -> None:
    """USDT stays at 1.0003 dollars."""
    prices = [row.close for row in MARKET.candles("USDT", "1w", 0, NOW_MS)]

    assert all(price == pytest.approx(1.0003, abs=3e-5) for price in prices)


def test_ranks_follow_the_caps() -> None:
    """The largest coin has the first rank, and every rank is unique."""
    tickers = sorted((MARKET.ticker(code) for code in COINS), key=lambda ticker: ticker.rank)

    assert [ticker.rank for ticker in tickers] == list(range(1, len(COINS) + 1))
    assert tickers[0].code == "BTC"


def test_nothing_before_the_market_opened() -> None:
    """The first week is that of 2015-01-05, and the future has no candles."""
    assert MARKET.candles("BTC", "1w", 0, FIRST_MS)[0].open_ms == FIRST_MS
    assert MARKET.candles("BTC", "1m", NOW_MS + MINUTE, NOW_MS + DAY) == []
    assert len(TRADED) == 31


@pytest.mark.parametrize("provider", ["binance", "kraken", "coingecko"])
def test_providers_differ_by_three_basis_points_at_most(provider: str) -> None:
    """A provider's quote differs slightly from the true price, and its candles do not."""
    feed = Feed(MARKET, provider, NOW_MS)
    true = MARKET.price("BTC")

    assert feed.ticker("BTC").last == pytest.approx(true, rel=3.01e-4)
    assert feed.ticker("BTC").last != true
    assert feed.newest("BTC", "1m", 1)[0].close == true
    assert feed.ticker("BTC", dollars=True).last == pytest.approx(true * 1.0003, rel=3.01e-4)


@settings(max_examples=30, deadline=None)
@given(code=codes, now_ms=moments)
def test_dollar_candles_agree_too(code: str, now_ms: int) -> None:
    """Candles in dollars agree as exactly as those in USDT."""
    feed = Feed(MARKET, "kraken", now_ms)
    for whole in feed.newest(code, "1d", 2, dollars=True):
        parts = feed.candles(code, "1h", whole.open_ms, whole.open_ms + DAY - 1, dollars=True)
        assert_agree(whole, parts, code)
