"""A market that was not traded for a day gives no price: its last one is old, whatever its time says."""

import re
import time
from typing import Any

import pytest
import responses

from providers import ASSET_BY_NAME, Http, QuoteSource, discover

NOW = int(time.time() * 1000)
SOURCES = {kind.name: kind for kind in discover() if issubclass(kind, QuoteSource)}


def kraken(volume: str) -> dict[str, Any]:
    """Return a ticker of Kraken."""
    return {"c": ["99", "1"], "v": ["0", volume], "o": "98"}


def okx(native: str, volume: str) -> dict[str, Any]:
    """Return a ticker of OKX."""
    return {"instId": native, "last": "99", "ts": f"{NOW}", "vol24h": volume}


def bodies(volume: str) -> dict[str, Any]:
    """Return the tickers of AAVE, and of BTC with trades, as each venue sends them."""
    both = (("AAVE", volume), ("BTC", "5"))
    return {
        "binance": [
            {"symbol": f"{code}USDT", "lastPrice": "99", "closeTime": NOW, "volume": day}
            for code, day in both
        ],
        "bitstamp": [
            {"pair": f"{code}/USD", "last": "99", "timestamp": f"{NOW // 1000}", "volume": day}
            for code, day in both
        ],
        "bybit": {
            "retCode": 0,
            "time": NOW,
            "result": {
                "category": "spot",
                "list": [
                    {"symbol": f"{code}USDT", "lastPrice": "99", "volume24h": day, "usdIndexPrice": "99"}
                    for code, day in both
                ],
            },
        },
        "gate": [{"currency_pair": f"{code}_USDT", "last": "99", "base_volume": day} for code, day in both],
        "kraken": {"error": [], "result": {"AAVEUSD": kraken(volume), "XXBTZUSD": kraken("5")}},
        "kucoin": {
            "code": "200000",
            "data": {
                "time": NOW,
                "ticker": [{"symbol": f"{code}-USDT", "last": "99", "vol": day} for code, day in both],
            },
        },
        "okx": {
            "code": "0",
            "data": [okx("AAVE-USDT", volume), okx("AAVE-USD", volume), okx("BTC-USDT", "5")],
        },
    }


@pytest.mark.parametrize("venue", bodies(""))
@pytest.mark.parametrize(
    ("volume", "is_quoted"), [("0", False), ("0.00000000", False), ("2.5", True), ("", True)]
)
def test_a_market_without_trades_is_not_quoted(venue: str, volume: str, is_quoted: bool) -> None:
    """A volume of 0 leaves a market out, and an unknown one does not."""
    source = SOURCES[venue](Http())
    with responses.RequestsMock() as answers:
        answers.get(re.compile(".*"), json=bodies(volume)[venue])
        quotes = source.quotes([ASSET_BY_NAME["AAVE"], ASSET_BY_NAME["BTC"]])

    assert {quote.asset.code for quote in quotes} == {"BTC", *(["AAVE"] if is_quoted else [])}
