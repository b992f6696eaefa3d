"""Python clients for CoinGecko and CryptoCompare: their start, candles and prices."""

from typing import Any

from tests.released.calling import Calls
from tests.released.snippets import as_documented


def pycoingecko(url: str) -> Calls:
    """Ping, and get coins, prices, candles and a chart."""
    client = as_documented("pycoingecko", url)["gecko"]
    yield "ping", client.ping()
    yield "get_coins_list", client.get_coins_list()
    yield "get_price", client.get_price("bitcoin,ethereum", "usd")["ethereum"]["usd"]
    yield "get_coins_markets", client.get_coins_markets("usd")
    yield "get_coin_ohlc_by_id", client.get_coin_ohlc_by_id("bitcoin", "usd", 7)
    yield "get_coin_market_chart_by_id", client.get_coin_market_chart_by_id("bitcoin", "usd", 1)["prices"]


def coingecko_sdk(url: str) -> Calls:
    """Ping, and get coins, prices, candles, a chart and a coin, in the client's models."""
    client: Any = as_documented("coingecko_sdk", url)["client"]
    yield "ping.get", client.ping.get().gecko_says
    yield "coins.list.get", client.coins.list.get()
    yield "simple.price.get", client.simple.price.get(vs_currencies="usd", ids="bitcoin")["bitcoin"].usd
    yield "coins.markets.get", client.coins.markets.get(vs_currency="usd")
    yield "coins.ohlc.get", client.coins.ohlc.get("bitcoin", vs_currency="usd", days="7")
    chart = client.coins.market_chart.get("bitcoin", vs_currency="usd", days="1")
    yield "coins.market_chart.get", chart.prices
    yield "coins.get_id", client.coins.get_id("bitcoin").market_data.current_price


def cryptocompare(url: str) -> Calls:
    """Get coins, prices of now and of a year ago, candles of each size and all days."""
    client = as_documented("import cryptocompare", url)["cryptocompare"]
    yield "get_coin_list", client.get_coin_list(format=True)
    yield "get_price", client.get_price(["BTC", "ETH"], ["EUR", "USD"])["ETH"]["USD"]
    yield "get_historical_price", client.get_historical_price("BTC", "USD", timestamp=1_735_689_600)
    yield "get_historical_price_minute", client.get_historical_price_minute("BTC", "USD", limit=24)
    yield "get_historical_price_hour", client.get_historical_price_hour("BTC", "USD", limit=24)
    yield "get_historical_price_day", client.get_historical_price_day("BTC", "USD", limit=24)
    yield "get_historical_price_day_all", client.get_historical_price_day_all("BTC", "USD")
