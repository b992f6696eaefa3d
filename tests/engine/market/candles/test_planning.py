"""Who can serve which candles, and in which order they are asked."""

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


def wanted(
    code: str = "1h",
    limit: int = 100,
    symbol: str = "BTC",
    quote: str = "USDT",
    start: int | None = None,
    end: int | None = None,
    *,
    closed_only: bool = False,
) -> CandleRequest:
    """A request; `start` and `end` count intervals from the current candle."""
    interval = INTERVALS[code]
    newest = interval.open_time(NOW)

    def time(place: int | None) -> int | None:
        return None if place is None else newest + place * interval.length

    pair = Pair(ASSET_BY_NAME[symbol], quote)
    return CandleRequest(symbol + quote, pair, interval, Window(limit, time(start), time(end)), closed_only)


def order(request: CandleRequest) -> list[tuple[str, int]]:
    """Whom to ask, and for how many candles."""
    sources = [kind for kind in discover() if issubclass(kind, CandleSource)]
    store = Store(MemoryCache())
    upstreams = [Upstream(kind(Http(), key="key", clock=Clock()), store) for kind in sources]
    return [(plan.upstream.name, plan.count) for plan in plans(upstreams, request, NOW)]


def names(request: CandleRequest) -> list[str]:
    """Whom to ask."""
    return [name for name, _ in order(request)]


def test_binance_kraken_bybit_then_the_others() -> None:
    """All that have the interval, in the default order."""
    asked = names(wanted())

    assert asked[:3] == ["binance", "kraken", "bybit"]
    assert asked[3:] == [*CANDLES[3:], "cryptocompare"]


def test_coingecko_is_last_and_has_four_hours_only() -> None:
    """It is asked for no other interval."""
    assert names(wanted("4h", limit=50))[-1] == "coingecko"
    for code in set(INTERVALS) - {"4h"}:
        assert "coingecko" not in names(wanted(code))


def test_who_can_serve_all_of_it_goes_before_who_can_serve_part() -> None:
    """A thousand candles are not at Kraken, which is asked when the complete ones have failed."""
    asked = order(wanted(limit=1000))

    assert asked[0] == ("binance", 1000)
    complete = [name for name, count in asked if count == 1000]
    assert asked[: len(complete)] == [(name, 1000) for name in complete]
    assert "bybit" in complete
    assert ("kraken", 720) in asked
    assert [count for _, count in asked] == sorted((count for _, count in asked), reverse=True)


@pytest.mark.parametrize(("code", "count"), [("4h", 75), ("1w", 42)])
def test_what_coinbase_lacks_is_made_from_what_it_has(code: str, count: int) -> None:
    """Three hundred hours make 75 candles of four."""
    assert ("coinbase", count) in order(wanted(code, limit=100))


def test_weeks_that_open_on_thursday_are_made_from_days() -> None:
    """Kraken's, KuCoin's and Gate's own weeks are of no use."""
    asked = dict(order(wanted("1w", limit=1000)))

    assert asked["kraken"] == 720 // 7
    assert asked["kucoin"] == 1500 // 7
    assert asked["gate"] == 1000 // 7
    assert asked["bybit"] == 1000


def test_history_that_a_provider_does_not_keep_is_not_asked_of_it() -> None:
    """Kraken has the newest 720 candles, whatever is asked."""
    assert "kraken" in names(wanted(start=-719))
    assert "kraken" not in names(wanted(start=-721))
    assert "kraken" not in names(wanted(end=-1000))
    assert dict(order(wanted(end=-700)))["kraken"] == 20


def test_dollars_are_asked_where_there_is_a_dollar_market_first() -> None:
    """A tether market stands in for it after those."""
    asked = names(wanted(quote="USD"))

    assert asked[:2] == ["kraken", "coinbase"]
    assert asked.index("binance") > asked.index("cryptocompare")


def test_a_coin_that_is_not_traded_is_not_asked_for() -> None:
    """Coinbase has no TRX."""
    assert "coinbase" not in names(wanted(symbol="TRX"))


def test_without_the_forming_candle_the_window_ends_before_it() -> None:
    """As many closed candles come as were asked."""
    window = wanted(limit=1000, closed_only=True).within(NOW)

    assert window.end == INTERVALS["1h"].open_time(NOW) - HOUR
    assert order(wanted(limit=1000, closed_only=True))[0] == ("binance", 1000)
