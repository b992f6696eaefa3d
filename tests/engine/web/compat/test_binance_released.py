"""Binance's released clients against the real server, with another base URL only.

Tests may reach this machine only, so a client that calls another host fails here.
"""

import asyncio
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from engine import create_app
from providers import ASSETS
from tests.engine.web.catalogued import give_catalogue
from tests.engine.web.compat.released import run_released
from tests.engine.web.conftest import settings_for
from tests.released.snippets import as_documented
from tests.running import AMPLE, Engine
from tests.upstreams import Fault, StandIn

with warnings.catch_warnings():  # what it imports itself is older than what it is installed with
    warnings.simplefilter("ignore", DeprecationWarning)
    from binance.client import Client
    from binance.exceptions import BinanceAPIException

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture(scope="module")
def providers() -> Iterator[StandIn]:
    """Yield a stand-in for all providers, in this process."""
    with StandIn() as providers:
        yield providers


@pytest.fixture(scope="module")
def engine(providers: StandIn) -> Iterator[Engine]:
    """Yield the real server over the stand-in, without quotas."""
    settings = {
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_WARMING_ENABLED": "false",
        "CATALOGUE_ENABLED": "false",
    }
    with Engine({**providers.base_urls(), **AMPLE, **settings}) as engine:
        yield engine


@pytest.fixture(scope="module", autouse=True)
def _loop() -> Iterator[None]:
    """Give python-binance an event loop, which it would open otherwise and never close."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def _blocked(providers: StandIn) -> Iterator[None]:
    """Let Binance refuse this host's region."""
    providers.fault("binance", Fault("status", status=451))
    yield
    providers.heal()


@pytest.fixture
def exchange(engine: Engine) -> Iterator[Any]:
    """Return ccxt's Binance."""
    exchange = as_documented("import ccxt\n", engine.url)["exchange"]
    exchange.enableRateLimit = False
    yield exchange
    exchange.session.close()


@pytest.fixture
def client(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return python-binance's client."""
    monkeypatch.setattr(Client, "API_URL", Client.API_URL)
    client = as_documented("binance.client", engine.url)["client"]
    yield client
    client.close_connection()


def test_ccxt_knows_the_markets(exchange: Any) -> None:
    """The client ccxt loads active spot markets, without invented limits or steps."""
    markets = exchange.load_markets()
    bitcoin = markets["BTC/USDT"]

    assert set(markets) == {f"{asset.code}/USDT" for asset in ASSETS}
    assert (bitcoin["active"], bitcoin["spot"], bitcoin["margin"]) == (True, True, False)
    assert bitcoin["limits"]["amount"] == {"min": None, "max": None}
    assert bitcoin["limits"]["cost"] == {"min": None, "max": None}
    assert abs(exchange.fetch_time() - time.time() * 1000) < 60_000


def test_ccxt_knows_the_markets_of_the_catalogue() -> None:
    """The client ccxt loads the catalogue's markets under its own names, with their price steps."""
    import ccxt  # long to import, for two tests

    with StandIn() as providers:
        app = create_app(**settings_for(providers))
        give_catalogue(app.test_client())
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            exchange = ccxt.binance({"options": {"fetchMarkets": ["spot"]}, "enableRateLimit": False})
            address = f"http://127.0.0.1:{server.server_port}/compat/binance/api/v3"
            exchange.urls["api"]["public"] = address
            markets = exchange.load_markets()
        finally:
            server.shutdown()
            exchange.session.close()

    assert {"ETH/BTC", "BTC/EUR", "SOL/USDC", "USDT/TRY", "T/USD", "币安人生/USDT"} <= set(markets)
    assert "FOO/USDT" not in markets
    assert all(market["active"] and market["spot"] for market in markets.values())
    assert markets["ETH/BTC"]["precision"]["price"] == pytest.approx(1e-5)


def test_ccxt_has_candles(exchange: Any, providers: StandIn) -> None:
    """The client ccxt gets the newest candles, and those since a time."""
    newest = exchange.fetch_ohlcv("BTC/USDT", "1h", limit=3)
    since = newest[0][0] - 1000 * HOUR
    older = exchange.fetch_ohlcv("BTC/USDT", "1h", since=since, limit=1000)
    first = providers.market.candles("BTC", "1h", since, since)[0]

    assert [row[0] - newest[0][0] for row in newest] == [0, HOUR, 2 * HOUR]
    assert len(older) == 1000
    assert older[0][:5] == [since, first.open, first.high, first.low, first.close]
    assert older[0][5] == pytest.approx(first.volume)


def test_ccxt_has_tickers(exchange: Any) -> None:
    """The client ccxt gets tickers whose unknown figures are `None`, and never zero."""
    one = exchange.fetch_ticker("BTC/USDT")
    many = exchange.fetch_tickers()
    some = exchange.fetch_tickers(["ETH/USDT", "SOL/USDT"])

    assert one["low"] <= one["last"] <= one["high"]
    assert one["percentage"] == pytest.approx((one["last"] / one["open"] - 1) * 100, abs=1e-3)
    assert one["vwap"] == pytest.approx(one["quoteVolume"] / one["baseVolume"])
    assert (one["bid"], one["ask"], one["askVolume"]) == (None, None, None)
    assert set(many) == {f"{asset.code}/USDT" for asset in ASSETS}
    assert set(some) == {"ETH/USDT", "SOL/USDT"}
    for ticker in many.values():
        assert ticker["last"] > 0
        assert ticker["open"] == pytest.approx(ticker["last"] - ticker["change"])
        assert (ticker["high"], ticker["bid"], ticker["quoteVolume"]) == (None, None, None)


def test_ccxt_reads_the_errors(exchange: Any, engine: Engine) -> None:
    """The client ccxt raises the exceptions that match the errors."""
    import ccxt

    exchange.load_markets()
    with pytest.raises(ccxt.BadSymbol):
        exchange.public_get_klines({"symbol": "FOOUSDT", "interval": "1h"})
    with pytest.raises(ccxt.BadRequest, match="Invalid interval"):
        exchange.fetch_ohlcv("BTC/USDT", "7h")
    with pytest.raises(ccxt.BadRequest, match="not supported"):
        exchange.request("nothing", "public", "GET", {})


def test_ccxt_gets_orders_and_trades(exchange: Any, engine: Engine) -> None:
    """The client ccxt reads the order book and the trades that are passed on."""
    book = exchange.fetch_order_book("BTC/USDT", 5)

    assert len(book["bids"]) == len(book["asks"]) == 5
    assert book["bids"][0][0] < book["asks"][0][0]
    assert {trade["side"] for trade in exchange.fetch_trades("BTC/USDT", limit=4)} == {"buy", "sell"}


@pytest.mark.usefixtures("_blocked")
def test_ccxt_while_binance_is_blocked(exchange: Any) -> None:
    """While Binance is blocked, ccxt gets another provider's candles, with its name in a header."""
    rows = exchange.fetch_ohlcv("ADA/USDT", "15m", limit=200)

    assert len(rows) == 200
    assert exchange.last_response_headers["X-Data-Source"] == "kraken"


def test_python_binance_has_candles(client: Any) -> None:
    """python-binance gets the newest candles, and a history of many pages."""
    newest = client.get_klines(symbol="BTCUSDT", interval=Client.KLINE_INTERVAL_1HOUR, limit=5)
    history = client.get_historical_klines("BTCUSDT", Client.KLINE_INTERVAL_1HOUR, "60 days ago UTC")
    times = [row[0] for row in history]

    assert [len(row) for row in newest] == [12] * 5
    assert times == list(range(times[0], times[-1] + 1, HOUR))
    assert len(times) == 60 * 24
    assert len(client.get_ui_klines(symbol="BTCUSDT", interval="1d", limit=7)) == 7


@pytest.mark.usefixtures("_blocked")
def test_python_binance_while_binance_is_blocked(client: Any) -> None:
    """python-binance finds the beginning of a market while Binance is blocked."""
    history = client.get_historical_klines("XRPUSDT", Client.KLINE_INTERVAL_15MINUTE, "2 days ago UTC")

    assert len(history) == 2 * 96
    assert client.response.headers["X-Data-Source"] != "binance"


def test_python_binance_has_prices(client: Any) -> None:
    """python-binance gets one price, all prices, a day and an average."""
    price = float(client.get_symbol_ticker(symbol="BTCUSDT")["price"])
    day = client.get_ticker(symbol="BTCUSDT")
    average = client.get_avg_price(symbol="BTCUSDT")

    assert len(client.get_all_tickers()) == len(client.get_ticker()) == len(ASSETS)
    assert float(day["lowPrice"]) <= float(day["weightedAvgPrice"]) <= float(day["highPrice"])
    assert float(average["price"]) == pytest.approx(price, rel=0.02)
    assert average["mins"] == 5


def test_python_binance_knows_the_markets(client: Any) -> None:
    """python-binance gets the markets and the time."""
    info = client.get_exchange_info()

    assert len(info["symbols"]) == len(ASSETS)
    assert client.get_symbol_info("ETHUSDT")["baseAsset"] == "ETH"
    assert client.get_symbol_info("FOOUSDT") is None
    assert abs(client.get_server_time()["serverTime"] - time.time() * 1000) < 60_000


def test_python_binance_reads_the_errors(client: Any) -> None:
    """python-binance reads the code, message and status of errors."""
    with pytest.raises(BinanceAPIException) as wrong:
        client.get_klines(symbol="FOOUSDT", interval="1h")
    assert (wrong.value.code, wrong.value.message, wrong.value.status_code) == (-1121, "Invalid symbol.", 400)

    with pytest.raises(BinanceAPIException) as missing:
        client.get_historical_trades(symbol="BTCUSDT")
    assert (missing.value.code, missing.value.status_code) == (-1020, 404)


def test_binance_api_node(engine: Engine) -> None:
    """The tests of the Node client pass."""
    run_released("binance", engine)
