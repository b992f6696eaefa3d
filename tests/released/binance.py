"""Python clients for Binance: their start, candles and prices."""

import asyncio
from typing import Any

from tests.released.calling import Calls
from tests.released.snippets import as_documented

PAIR = "BTCUSDT"


def ccxt(url: str) -> Calls:
    """Load the markets, and get candles, tickers and an order book."""
    exchange = as_documented("import ccxt\n", url)["exchange"]
    yield "load_markets", exchange.load_markets()
    yield "fetch_ohlcv", exchange.fetch_ohlcv("BTC/USDT", "1h", limit=3)
    yield "fetch_ticker", exchange.fetch_ticker("BTC/USDT")["last"]
    yield "fetch_tickers", exchange.fetch_tickers()
    yield "fetch_order_book", exchange.fetch_order_book("BTC/USDT", 5)["bids"]


def python_binance(url: str) -> Calls:
    """Ping, and get the markets, candles of a month, a day and a price."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    client = as_documented("binance.client", url)["client"]
    yield "get_exchange_info", client.get_exchange_info()["symbols"]
    yield "get_klines", client.get_klines(symbol=PAIR, interval="1h", limit=3)
    yield "get_historical_klines", client.get_historical_klines(PAIR, "1h", "30 days ago UTC")
    yield "get_ticker", client.get_ticker(symbol=PAIR)["lastPrice"]
    yield "get_symbol_ticker", client.get_symbol_ticker(symbol=PAIR)["price"]


def binance_connector(url: str) -> Calls:
    """Get the markets, candles, a day, all prices and an order book."""
    client = as_documented("binance.spot", url)["client"]
    yield "exchange_info", client.exchange_info()["symbols"]
    yield "klines", client.klines(PAIR, "1h", limit=3)
    yield "ticker_24hr", client.ticker_24hr(symbols=[PAIR, "ETHUSDT"])
    yield "ticker_price", client.ticker_price()
    yield "depth", client.depth(PAIR, limit=5)["bids"]


def binance_sdk_spot(url: str) -> Calls:
    """Get the markets, candles, the days of all pairs and a price, in the client's models."""
    client: Any = as_documented("ConfigurationRestAPI", url)["client"].rest_api
    yield "exchange_info", client.exchange_info().data().symbols
    yield "klines", client.klines(PAIR, "1h", limit=3).data()
    yield "ticker24hr", client.ticker24hr().data().actual_instance
    yield "ticker_price", client.ticker_price(PAIR).data().actual_instance.price
