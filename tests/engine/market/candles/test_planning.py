"""The providers for a request for candles, and their order."""

import pytest

from engine.market import CandleRequest
from engine.market.candles.planning import Plan, plans
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.upstream import Upstream
from providers import ASSET_BY_NAME, INTERVALS, CandleSource, Http, Pair, Window, discover
from tests.clock import Clock
from tests.everybody import CANDLES

NOW = int(Clock()() * 1000)
HOUR = INTERVALS["1h"].length
PAIR = Pair(ASSET_BY_NAME["BTC"], "USDT")


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


def planned(request: CandleRequest) -> list[Plan]:
    """Return the plans for a request, over all providers."""
    sources = [kind for kind in discover() if issubclass(kind, CandleSource)]
    store = Store(MemoryCache())
    upstreams = [Upstream(kind(Http(), key="key", clock=Clock()), store) for kind in sources]
    return plans(upstreams, request, NOW)


def order(request: CandleRequest) -> list[tuple[str, int]]:
    """Return the providers to call, and their numbers of candles."""
    return [(plan.upstream.name, plan.count) for plan in planned(request)]


def names(request: CandleRequest) -> list[str]:
    """Return the providers to call."""
    return [name for name, _ in order(request)]


def test_binance_kraken_bybit_then_the_others() -> None:
    """The default order of all providers with the interval is Binance, Kraken, Bybit, then the others."""
    asked = names(request())

    assert asked[:3] == ["binance", "kraken", "bybit"]
    assert asked[3:] == [*CANDLES[3:], "cryptocompare"]


def test_coingecko_is_last_and_has_few_intervals() -> None:
    """CoinGecko is the last one, and is called for four hours and intervals that are built from them."""
    for code in ("4h", "8h", "12h"):
        assert names(request(code, limit=50))[-1] == "coingecko"
    for code in set(INTERVALS) - {"4h", "8h", "12h"}:
        assert "coingecko" not in names(request(code))


def test_a_provider_with_too_few_candles_is_called_for_windows_only() -> None:
    """CoinGecko's half hours of one day are fewer than the newest candles need, and serve windows only."""
    assert "coingecko" not in names(request("30m"))
    assert "coingecko" in names(request("30m", limit=10, start=-40))


@pytest.mark.parametrize(
    ("provider", "code", "source"),
    [
        ("binance", "3d", "3d"),
        ("bitstamp", "3d", "3d"),
        ("kraken", "3d", "1d"),
        ("kraken", "3m", "1m"),
        ("kraken", "2h", "1h"),
        ("kraken", "8h", "4h"),
        ("kraken", "6h", "1h"),
        ("kraken", "12h", "4h"),
        ("bybit", "8h", "4h"),
        ("okx", "8h", "4h"),
        ("gate", "6h", "1h"),
        ("gate", "12h", "4h"),
        ("gate", "1M", "1d"),
        ("kucoin", "1M", "1M"),
        ("bybit", "1M", "1M"),
        ("okx", "12h", "12h"),
        ("coinbase", "30m", "15m"),
        ("coinbase", "6h", "6h"),
        ("coinbase", "4h", "1h"),
    ],
)
def test_an_interval_is_native_or_built_from_the_largest_that_divides_it(
    provider: str, code: str, source: str
) -> None:
    """A provider without an interval gives the fewest candles from which it can be built."""
    (plan,) = [it for it in planned(request(code, limit=50)) if it.upstream.name == provider]

    assert plan.source_interval.code == source


def test_a_month_may_need_31_days() -> None:
    """A call for a window of months asks for enough days, up to the end of the last month."""
    january, march = 1_767_225_600_000, 1_772_323_200_000
    asked = CandleRequest("BTCUSDT", PAIR, INTERVALS["1M"], Window(3, january, march))
    (plan,) = [it for it in planned(asked) if it.upstream.name == "gate"]

    assert plan.source_window.limit >= 90
    assert plan.source_window.end == INTERVALS["1M"].after(march) - INTERVALS["1d"].length


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
