"""Many different requests of one client leave the cached data of others in place."""

from itertools import islice, permutations

from flask.testing import FlaskClient

from tests.clock import Clock
from tests.engine.web.api.answers import ohlcv, prices
from tests.engine.web.api.test_ohlcv import HOUR, NEWEST
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

COINS = ("BTC", "ETH", "SOL", "XRP", "ADA")


def outage(stand_in: StandIn) -> None:
    """Let every provider fail."""
    for provider in stand_in.base_urls():
        stand_in.fault(provider.removesuffix("_BASE_URL").lower(), Fault("status", status=500))


def test_stale_data_survives_permuted_symbols_and_windows(
    make: Make, stand_in: StandIn, clock: Clock
) -> None:
    """After hundreds of different requests of one client, an outage is bridged for the others."""
    client = make(cache_max_entries=100, rate_limit_enabled=False)
    before = {symbol: ohlcv(client, f"symbol={symbol}")["data"] for symbol in ("BTC", "ETH")}
    prices(client, "symbols=DOGE,LTC")
    for order in islice(permutations(COINS), 120):
        prices(client, f"symbols={','.join(order)}")
    for hours in range(60):
        start = NEWEST - (5000 + 100 * hours) * HOUR
        ohlcv(client, f"symbol=BTC&limit=60&startTime={start}&endTime={start + 59 * HOUR}")
    outage(stand_in)
    clock.advance(4 * 3600)

    assert {row["symbol"] for row in prices(client, "symbols=DOGE,LTC")["data"]} == {"DOGE", "LTC"}
    for symbol, candles in before.items():
        answer = ohlcv(client, f"symbol={symbol}")
        assert answer["data"] == candles
        assert answer["meta"]["stale"] is True


def test_equal_windows_share_one_entry(client: FlaskClient, stand_in: StandIn) -> None:
    """Extra milliseconds and a limit beyond the window make no further call and no further entry."""
    start, end = NEWEST - 5000 * HOUR, NEWEST - 4900 * HOUR
    first = ohlcv(client, f"symbol=BTC&startTime={start}&endTime={end}&limit=101")
    for shift, limit in ((1, 101), (1000, 500), (HOUR - 1, 1000)):
        again = ohlcv(client, f"symbol=BTC&startTime={start - shift}&endTime={end + shift}&limit={limit}")
        assert again["data"] == first["data"]

    assert ohlcv(client, f"symbol=BTC&startTime={start}&endTime={end}&limit=1000") == first
    assert stand_in.calls.count() == 1


def test_dialects_store_one_value_for_coins_in_any_order(client: FlaskClient) -> None:
    """The compatible interfaces store one value for coins in any order."""
    store = client.application.extensions["cache"]
    (kept,) = store.values()
    for order in permutations(COINS[:4]):
        symbols = ",".join(f'"{coin}USDT"' for coin in order)
        rows = client.get(f"/compat/binance/api/v3/ticker/price?symbols=[{symbols}]").get_json()
        assert [row["symbol"] for row in rows] == [f"{coin}USDT" for coin in order]

    assert sum(key.startswith("answer:value:prices:") for key, _, _ in kept.snapshot()) == 1
