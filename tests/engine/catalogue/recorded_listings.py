"""Readers of recorded listings, each in its venue's format."""

import json
from collections.abc import Iterator
from typing import Any

from engine.catalogue.identity import Candidate
from engine.catalogue.listings import Market, MarketState
from tests.recorded import FOLDER

LISTINGS = FOLDER.parent / "listings"


def answer(name: str) -> Any:
    """Return the body of a recorded response."""
    return json.loads((LISTINGS / f"{name}.json").read_text("utf-8"))["body"]


def _state(trades: bool) -> MarketState:
    return "trading" if trades else "ended"


def binance() -> Iterator[Market]:
    """Read rows of 2020, some of which ended years ago."""
    for row in answer("binance/exchangeInfo_2020-11")["symbols"]:
        trades = row["status"] == "TRADING" and row["isSpotTradingAllowed"]
        yield Market("binance", row["baseAsset"], row["quoteAsset"], row["symbol"], _state(trades))


def bitstamp() -> Iterator[Market]:
    """Read rows with the names of both coins."""
    for row in answer("bitstamp/trading_pairs_info_gct"):
        base, quote = row["name"].split("/")
        name = row["description"].split(" / ")[0]
        state = _state(row["trading"] == "Enabled")
        yield Market("bitstamp", base, quote, row["url_symbol"], state, name=name)


def bybit() -> Iterator[Market]:
    """Read the row of the documentation."""
    for row in answer("bybit/instruments_spot_docs_2026-07")["result"]["list"]:
        yield Market(
            "bybit", row["baseCoin"], row["quoteCoin"], row["symbol"], _state(row["status"] == "Trading")
        )


def coinbase() -> Iterator[Market]:
    """Read rows, a third of which is delisted."""
    for row in answer("coinbase_exchange/products_2026-06"):
        trades = row["status"] == "online" and not row["trading_disabled"]
        yield Market("coinbase", row["base_currency"], row["quote_currency"], row["id"], _state(trades))


def gate() -> Iterator[Market]:
    """Read rows with the venue's own name of the coin."""
    for row in answer("gate/currency_pairs_2026-06"):
        state = _state(row["trade_status"] == "tradable")
        yield Market("gate", row["base"], row["quote"], row["id"], state, name=row["base_name"])


def kraken() -> Iterator[Market]:
    """Read the keys of a ticker; those with a colon belong to a second venue."""
    for key in answer("kraken/ticker_all_assetVersion1_tricky_2026-07")["result"]:
        if ":" not in key:
            base, quote = key.split("/")
            yield Market("kraken", base, quote, key)


def kucoin() -> Iterator[Market]:
    """Read rows whose native name is older than their code."""
    for row in answer("kucoin/symbols_2026-06")["data"]:
        state = _state(row["enableTrading"])
        yield Market("kucoin", row["baseCurrency"], row["quoteCurrency"], row["symbol"], state)


def okx() -> Iterator[Market]:
    """Read rows with the time of the first trade."""
    for row in answer("okx/instruments_SPOT_2026-06")["data"]:
        state = _state(row["state"] == "live")
        yield Market("okx", row["baseCcy"], row["quoteCcy"], row["instId"], state, int(row["listTime"]))


def coingecko() -> Iterator[Candidate]:
    """Read entries, several of which share a ticker."""
    for row in answer("coingecko/coins_list_tricky_2025-08"):
        yield Candidate("coingecko", row["id"], row["symbol"], row["name"], 1000)


READERS = (binance, bitstamp, bybit, coinbase, gate, kraken, kucoin, okx)
