"""Released clients for Binance's streams against the real server, with another address only."""

import asyncio
import json
from collections.abc import Awaitable, Iterator
from typing import Any, TypeVar

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.engine.web.compat.released import run_released
from tests.looping import in_a_loop
from tests.released.snippets import as_documented
from tests.running import AMPLE, Engine
from tests.untraced import untraced
from tests.upstreams import StandIn
from tests.upstreams.streams import StreamFault
from tests.waiting import eventually

T = TypeVar("T")
LONG = 60
"""Seconds in which whatever is awaited must have come."""


@pytest.fixture(scope="module")
def world() -> Iterator[StandIn]:
    """A stand-in that streams."""
    with StandIn() as stand_in:
        stand_in.open_streams()
        yield stand_in


@pytest.fixture(scope="module")
def engine(world: StandIn) -> Iterator[Engine]:
    """One server for all clients."""
    settings = {
        **world.base_urls(),
        **world.open_streams().urls(),
        **AMPLE,
        "BINANCE_AT_ROOT": "true",
        "CACHE_WARMING_ENABLED": "false",
        "RATE_LIMIT_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
    }
    with Engine(settings) as engine:
        yield engine


@pytest.fixture(autouse=True)
def _untraced() -> Iterator[None]:
    """Disable the tracer, because the tested code runs in another process."""
    with untraced():
        yield


def soon(awaited: Awaitable[T]) -> Awaitable[T]:
    """Return what is awaited, or fail."""
    return asyncio.wait_for(awaited, LONG)


def test_ccxt_pro(engine: Engine) -> None:
    """The client ccxt gets candles, tickers, best prices and trades, and an error for an order book."""
    import ccxt.pro  # long to import, for one test

    async def run() -> None:
        exchange = as_documented("ccxt.pro", engine.url)["exchange"]
        try:
            *_, (time, *_, close, _) = await soon(exchange.watch_ohlcv("BTC/USDT", "1m"))  # two at a close
            one = await soon(exchange.watch_ticker("ETH/USDT"))
            every = await soon(exchange.watch_tickers())
            best = await soon(exchange.watch_bids_asks(["BTC/USDT"]))
            trades = await soon(exchange.watch_trades("BTC/USDT"))
            with pytest.raises(ccxt.ExchangeError, match="not served"):
                await soon(exchange.watch_order_book("BTC/USDT"))
            await soon(exchange.un_watch_ohlcv("BTC/USDT", "1m"))
        finally:
            await exchange.close(clean_instance_data=True)  # the session for requests, too

        assert time % 60_000 == 0
        assert one["low"] <= one["last"] <= one["high"]
        assert one["bid"] is None
        assert every
        assert best["BTC/USDT"]["bid"] == pytest.approx(close, rel=0.05)
        assert trades[-1]["side"] == "sell"

    in_a_loop(run())


def test_python_binance(engine: Engine) -> None:
    """python-binance gets a candle, a ticker, two streams in one connection, and all markets' lists."""

    async def run() -> None:
        names = as_documented("BinanceSocketManager", engine.url)
        client = await names["AsyncClient"].create()
        manager = names["BinanceSocketManager"](client)
        received: list[Any] = []
        for one in (
            manager.kline_socket("BTCUSDT", "1m"),
            manager.symbol_ticker_socket("ETHUSDT"),
            manager.multiplex_socket(["btcusdt@kline_1m", "ethusdt@miniTicker"]),
            manager.miniticker_socket(),
            manager.ticker_socket(),
        ):
            async with one as stream:
                received.append(await soon(stream.recv()))
        await client.close_connection()

        kline, ticker, multiplexed, minis, tickers = received
        assert (kline["e"], kline["k"]["i"]) == ("kline", "1m")
        assert (ticker["e"], ticker["s"]) == ("24hrTicker", "ETHUSDT")
        assert multiplexed["stream"] == "btcusdt@kline_1m"
        assert {row["e"] for row in minis} == {"24hrMiniTicker"}
        assert {row["e"] for row in tickers} == {"24hrTicker"}

    in_a_loop(run())


def test_binance_sdk_spot(engine: Engine) -> None:
    """The models of binance-sdk-spot accept the payloads, which it finds by the name of their stream."""

    async def run() -> None:
        client = as_documented("ConfigurationWebSocketStreams", engine.url)["client"]
        connection = await client.websocket_streams.create_connection()
        received: asyncio.Queue[Any] = asyncio.Queue()
        for stream in (
            await connection.kline("btcusdt", "1m"),
            await connection.mini_ticker("ethusdt", "own"),
        ):
            stream.on("message", received.put_nowait)
        found: dict[str, Any] = {}
        while len(found) < 2:
            one = await soon(received.get())
            found[one.e] = one
        await connection.close_connection(close_session=True)

        assert found["kline"].k.i == "1m"
        assert found["24hrMiniTicker"].s == "ETHUSDT"

    in_a_loop(run())


def test_clients_for_node(engine: Engine) -> None:
    """The tests of three Node clients pass, in one process."""
    run_released("binance_streams", engine)


def opened(engine: Engine, path: str) -> ClientConnection:
    """Return a WebSocket."""
    return connect(engine.url.replace("http", "ws") + path, open_timeout=LONG)


def test_binance_is_replaced_without_a_word(engine: Engine, world: StandIn) -> None:
    """While Binance fails, candles continue and trades come from another exchange, named by `sources`."""
    venues = world.open_streams()
    with opened(engine, "/stream?streams=solusdt@kline_1m/solusdt@trade&sources=true") as connection:

        def sources() -> set[tuple[str, str]]:
            message = json.loads(connection.recv(LONG))
            return {(message["data"]["e"], message["data"]["source"])}

        before = sources() | sources()
        for fault in (StreamFault("refuse", status=451), StreamFault("drop")):
            venues.fault("binance", fault)
        seen: set[tuple[str, str]] = set()

        def replaced() -> bool:
            seen.update(sources())
            kinds = {kind for kind, source in seen if source != "binance"}
            return kinds == {"kline", "trade"}

        eventually(replaced, LONG)
    venues.heal()

    assert {source for _, source in before} == {"binance"}


def test_the_root_has_the_same_addresses(engine: Engine) -> None:
    """Names may be encoded, what is no name is ignored, and a wrong unit of time is refused."""
    with opened(engine, "/ws/0/btcusdt%40avgPrice") as connection:
        average = json.loads(connection.recv(LONG))
    with opened(engine, "/stream/?streams=ethusdt@kline_1h?timeUnit=MICROSECOND") as connection:
        kline = json.loads(connection.recv(LONG))["data"]["k"]

    assert (average["e"], average["i"]) == ("avgPrice", "5m")
    assert kline["T"] + 1 - kline["t"] == 3_600_000_000
    with pytest.raises(InvalidStatus, match="400"), opened(engine, "/ws?timeUnit=SECOND"):
        pass
    with pytest.raises(InvalidStatus, match="414"), opened(engine, f"/ws/{'a' * 8200}"):
        pass
