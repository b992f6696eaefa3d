"""Recorded frames of real venues, or those of their documentation.

They are outside of the checkout. Without them, these tests are skipped.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from providers import (
    Accepted,
    Alive,
    BadData,
    Candle,
    Ending,
    Event,
    LastTrade,
    Refused,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
    Welcome,
)
from tests.providers.test_streams import SOURCES, source
from tests.recorded import MESSAGES

if not MESSAGES.is_dir():
    pytest.skip("no recordings beside the checkout", allow_module_level=True)

EXPECTED: dict[str, list[Event]] = {
    "binance/kline_1m_open_combined": [
        StreamedCandle(
            "slfusdt@kline_1m",
            Candle(1745689500000, 0.208, 0.2081, 0.208, 0.2081, 624.6, 129.95848, 6),
            False,
            1745689546800,
        )
    ],
    "binance/kline_1s_closed": [
        StreamedCandle(
            "btcusdt@kline_1s",
            Candle(1706597269000, 43297.45, 43298.97, 43296.79, 43296.79, 0.10212, 4421.5571716, 4),
            True,
            1706597270004,
        )
    ],
    "binance/miniTicker_combined": [StreamedTicker("btcusdt@miniTicker", 102492.27, 1749183266025)],
    "binance/serverShutdown_combined": [Ending("serverShutdown")],
    "binance/serverShutdown_raw": [Ending("serverShutdown")],
    "binance/subscribe_ack": [Accepted("1")],
    "binance/error_invalid_stream": [Refused("Invalid request: invalid stream", "1")],
    "binance/error_flat_docs": [Refused("Invalid request: too many parameters")],
    "kraken/error_pair_not_supported": [Refused("Currency pair not supported XBT/USDT")],
    "kraken/heartbeat": [Alive()],
    "kraken/status_on_connect": [Alive()],
    "kraken/subscribe_ack_ohlc": [Accepted("1", ("5 ETH/USDT",))],
    "kraken/subscribe_ack_ticker": [Accepted("1", ("ticker BTC/EUR",))],
    "kraken/ohlc_update_docs": [
        StreamedCandle(
            "5 MATIC/USD",
            Candle(1696436700000, 0.5624, 0.5628, 0.5622, 0.5627, 30927.68066226, None, 12),
            None,
            1696436790524,
        )
    ],
    "kraken/ohlc_update_open": [
        StreamedCandle(
            "1 BTC/USDT",
            Candle(1789062240000, 77340.1, 77361.0, 77340.1, 77358.4, 0.10422131, None, 6),
            None,
            1789062252115,
        )
    ],
    "kraken/ticker_snapshot": [
        StreamedTicker("ticker BTC/USD", 108359.8, None, seed=True),
        StreamedBook("book BTC/USD", 108359.8, 0.01362603, 108359.9, 17.17988863),
    ],
    "bybit/kline_5_open": [
        StreamedCandle(
            "kline.5.BTCUSDT",
            Candle(1672324800000, 16649.5, 16677.0, 16608.0, 16677.0, 2.081, 34666.4005),
            False,
            1672324988882,
        )
    ],
    "bybit/kline_5_closed": [
        StreamedCandle(
            "kline.5.BTCUSDT",
            Candle(1672324800000, 16649.5, 16690.0, 16608.0, 16680.5, 3.5, 58000.1),
            True,
            1672325100003,
        )
    ],
    "bybit/subscribe_ack": [Accepted("10001")],
    "bybit/heartbeat_pong": [Alive()],
    "bybit/error_handler_not_found": [
        Refused("error:handler not found,topic:getOrderBook.1.BTCUSDT", "2XXN2rHDDOBDbEQH-WsRa")
    ],
    "bybit/error_invalid_op": [Refused("error:invalid op")],
    "bybit/system_status": [Alive()],
    "okx/candle1m_open": [
        StreamedCandle(
            "candle1m BTC-USDT",
            Candle(1789470120000, 77082.7, 77116.6, 77082.6, 77116.6, 1.5784361, 121697.290334104),
            False,
        )
    ],
    "okx/candle1m_closed": [
        StreamedCandle(
            "candle1m BTC-USDT-SWAP",
            Candle(1785662820000, 63200.1, 63300.2, 63100.3, 63250.4, 12.5, 790630.0),
            True,
        )
    ],
    "okx/candle1m_7_columns_2021": [
        StreamedCandle(
            "candle1m BTC-USDT", Candle(1626690720000, 31334.0, 31334.0, 31334.0, 31334.0, 0.0077), None
        )
    ],
    "okx/ticker": [StreamedTicker("tickers BTC-USDT", 31500.1, 1626526618762)],
    "okx/subscribe_ack": [Accepted(names=("candle1D ETH-USDT",))],
    "okx/heartbeat_pong": [Alive()],
    "okx/notice_64008_upgrade": [Ending("notice 64008")],
    "coinbase/exchange_match": [
        StreamedTrade("matches ETH-USD", 174742474, 4450.09, 0.02100634, 1635852650808, buyer_is_maker=True)
    ],
    "coinbase/exchange_heartbeat": [LastTrade("matches ADA-EUR", 9035771, 1666700858227)],
    "coinbase/exchange_error_product": [Refused("Failed to subscribe: GIBBERISH-USD is not a valid product")],
    "coinbase/exchange_subscriptions_ack": [Accepted(None, ("ticker BTC-USD",))],
    "kucoin/candles_update_open": [
        StreamedCandle(
            "/market/candles:BTC-USDT_1min",
            Candle(1790274180000, 84410.2, 84410.2, 84390.6, 84390.7, 0.63004204, 53174.0),
            None,
            1790274226100,
        )
    ],
    "kucoin/welcome": [Welcome()],
    "kucoin/subscribe_ack": [Accepted("1545910660739")],
    "kucoin/heartbeat_pong": [Alive()],
    "kucoin/error_404": [Refused("404: topic /market/nope is not found", "9")],
    "kucoin/error_415": [Refused("415: type is not supported", "1")],
    "gate/candle_1m_open": [
        StreamedCandle(
            "1m_BTC_USDT",
            Candle(1787423100000, 77308.6, 77308.7, 77308.6, 77308.6, 0.248255, 19192.2484961),
            False,
            1787423119084,
        )
    ],
    "gate/candle_10s_without_w": [
        StreamedCandle(
            "10s_BTC_USDT",
            Candle(1654080050000, 31555.75, 31555.75, 31555.75, 31555.75, 0.0, 0.0),
            None,
            None,
        )
    ],
    "gate/ticker": [StreamedTicker("spot.tickers ETH_USDT", 70775.2, 1717595233666)],
    "gate/subscribe_ack": [Accepted(names=("1m_ETH_USDT",))],
    "gate/heartbeat_pong": [Alive()],
    "gate/error_unknown_pair": [
        Refused(
            "unknown currency pair: LUNARLENS_USDT",
            names=("spot.trades LUNARLENS_USDT", "spot.trades ETH_USDT"),
        )
    ],
}


def raw(name: str) -> str:
    """Return the text of a recorded frame."""
    text: str = json.loads((MESSAGES / f"{name}.json").read_text())["raw"]
    return text


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_frame_is_read_exactly(name: str) -> None:
    """Every recorded frame of a venue gives exactly its events."""
    assert source(name.partition("/")[0]).read_frame(raw(name)) == EXPECTED[name]


OTHERS = {
    "binance/aggTrade_data_stream_vision",
    "binance/bookTicker",
    "binance/kline_1m_open_raw",
    "binance/kline_docs",
    "bybit/ticker_linear_delta",
}
"""Frames of the addresses for single streams and for derivatives, which are never used."""

ANSWERS = {"okx/close_4004", "kucoin/bullet_public_response"}
"""A close and an answer over HTTP, which are no frames."""


def received() -> Iterator[Any]:
    """Yield the names of all recorded frames of venues with a parser."""
    for path in sorted(MESSAGES.glob("*/*.json")):
        recorded = json.loads(path.read_text())
        name = f"{path.parent.name}/{path.stem}"
        is_frame = recorded["direction"] == "server->client" and name not in ANSWERS
        if recorded["venue"] in SOURCES and isinstance(recorded.get("raw"), str) and is_frame:
            yield name


@pytest.mark.parametrize("name", [*received()])
def test_no_recorded_frame_ends_the_reader(name: str) -> None:
    """A frame of another product or channel means a live connection or bad data, and raises nothing else."""
    one = source(name.partition("/")[0])
    if name in OTHERS:
        with pytest.raises(BadData):
            one.read_frame(raw(name))
    else:
        assert one.read_frame(raw(name))
