"""The providers for a request for candles, and their order."""

import pytest

from engine.market import CandleRequest
from engine.market.candles.planning import plans
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.upstream import Upstream
from providers import ASSET_BY_NAME, INTERVALS, CandleSource, Http, Pair, Window, discover
from tests.clock import Clock
from tests.everybody import CANDLES

NOW = int(Clock()() * 1000)
HOUR = INTERVALS["1h"].length


def request(
    code: str = "1h",
    limit: int = 100,
    symbol: str = "BTC",
    quote: str = "USDT",
    start: int | None = None,
    end: int | None = None,
    *,
    closed_only: bool = False,
) -> CandleRequest:
    """Return a request. `start` and `end` count intervals from the current candle."""
    interval = INTERVALS[code]
    newest = interval.open_time(NOW)

    def time(place: int | None) -> int | None:
        return None if place is None else newest + place * interval.length

    pair = Pair(ASSET_BY_NAME[symbol], quote)
    return CandleRequest(symbol + quote, pair, interval, Window(limit, time(start), time(end)), closed_only)


def order(request: CandleRequest) -> list[tuple[str, int]]:
    """Return the providers to call, and their numbers of candles."""
    sources = [kind for kind in discover() if issubclass(kind, CandleSource)]
    store = Store(MemoryCache())
    upstreams = [Upstream(kind(Http(), key="key", clock=Clock()), store) for kind in sources]
    return [(plan.upstream.name, plan.count) for plan in plans(upstreams, request, NOW)]


def names(request: CandleRequest) -> list[str]:
    """Return the providers to call."""
    return [name for name, _ in order(request)]


def test_binance_kraken_bybit_then_the_others() -> None:
    """The default order of all providers with the interval is Binance, Kraken, Bybit, then the others."""
    asked = names(request())

    assert asked[:3] == ["binance", "kraken", "bybit"]
    assert asked[3:] == [*CANDLES[3:], "cryptocompare"]


def test_coingecko_is_last_and_has_four_hours_only() -> None:
    """CoinGecko is the last one, and is called for four hours only."""
    assert names(request("4h", limit=50))[-1] == "coingecko"
    for code in set(INTERVALS) - {"4h"}:
        assert "coingecko" not in names(request(code))


def test_complete_plans_come_before_partial_ones() -> None:
    """A provider without 1000 candles, such as Kraken, is called after those that have them."""
    asked = order(request(limit=1000))

    assert asked[0] == ("binance", 1000)
    complete = [name for name, count in asked if count == 1000]
    assert asked[: len(complete)] == [(name, 1000) for name in complete]
    assert "bybit" in complete
    assert ("kraken", 720) in asked
    assert [count for _, count in asked] == sorted((count for _, count in asked), reverse=True)


@pytest.mark.parametrize(("code", "count"), [("4h", 75), ("1w", 42)])
def test_intervals_that_coinbase_lacks_are_resampled(code: str, count: int) -> None:
    """Coinbase's 300 hours make 75 candles of four hours."""
    assert ("coinbase", count) in order(request(code, limit=100))


def test_weeks_that_open_on_thursday_are_resampled_from_days() -> None:
    """The weeks of Kraken, KuCoin and Gate open on Thursday, so they are resampled from days."""
    asked = dict(order(request("1w", limit=1000)))

    assert asked["kraken"] == 720 // 7
    assert asked["kucoin"] == 1500 // 7
    assert asked["gate"] == 1000 // 7
    assert asked["bybit"] == 1000


def test_providers_are_not_called_for_history_that_they_lack() -> None:
    """A provider is not called for history that it lacks, such as Kraken beyond 720 candles."""
    assert "kraken" in names(request(start=-719))
    assert "kraken" not in names(request(start=-721))
    assert "kraken" not in names(request(end=-1000))
    assert dict(order(request(end=-700)))["kraken"] == 20


def test_dollar_markets_come_first_for_dollars() -> None:
    """For dollars the dollar markets come first, and tether markets follow."""
    asked = names(request(quote="USD"))

    assert asked[:2] == ["kraken", "coinbase"]
    assert asked.index("binance") > asked.index("cryptocompare")


def test_a_provider_is_not_called_for_a_coin_that_it_lacks() -> None:
    """A provider is not called for a coin that it lacks, such as Coinbase for TRX."""
    assert "coinbase" not in names(request(symbol="TRX"))


def test_without_the_forming_candle_the_window_ends_before_it() -> None:
    """Without the forming candle, the window has as many closed candles as requested."""
    window = request(limit=1000, closed_only=True).within(NOW)

    assert window.end == INTERVALS["1h"].open_time(NOW) - HOUR
    assert order(request(limit=1000, closed_only=True))[0] == ("binance", 1000)
