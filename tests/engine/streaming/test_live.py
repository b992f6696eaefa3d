"""No fault of a venue's stream costs a candle: those that close are the venue's, once and in order."""

from collections.abc import Iterator

import pytest

from tests.engine.streaming.live import STEP, Live
from tests.upstreams.streams import StreamFault
from tests.upstreams.streams.faults import Kind

ALONE = {
    "BTC": ("binance", StreamFault("no_close")),
    "ETH": ("bybit", StreamFault("doubled_close")),
    "SOL": ("okx", StreamFault("repeat")),
    "XRP": ("gate", StreamFault("correct")),
    "DOGE": ("kucoin", StreamFault("bad_frame")),
    "ADA": ("kraken", StreamFault("half_open")),
}
"""A coin for each venue that serves alone, and what is wrong with its stream."""


@pytest.fixture(scope="module")
def alone() -> Iterator[Live]:
    """Three minutes of venues with a fault each."""
    with Live({coin: [venue] for coin, (venue, _) in ALONE.items()}) as live:
        live.begin()
        for venue, fault in ALONE.values():
            live.server.fault(venue, fault)
        live.run(135)
        live.server.heal()
        live.run(10)
        yield live


@pytest.mark.parametrize("coin", ALONE)
def test_a_fault_costs_no_candle(alone: Live, coin: str) -> None:
    """Whatever the fault, two minutes at least close, and each is as the venue lists it."""
    closed = alone.closed(coin)
    times = [row["timestamp"] for row in closed]

    assert len(times) >= 2
    assert times == [*range(times[0], times[-1] + 1, 60_000)]
    assert closed == alone.listed(coin, ALONE[coin][0], times)


def test_a_late_correction_is_published_as_one(alone: Live) -> None:
    """A late correction has the row that clients already have as its `previous`."""
    corrections = alone.published("XRP", "correction")

    assert corrections
    assert all(one["previous"]["close"] == one["data"]["open"] for one in corrections)


@pytest.fixture
def pair() -> Iterator[Live]:
    """Bitcoin from two venues, and Ether from the first one alone."""
    with Live({"BTC": ["binance", "bybit"], "ETH": ["binance"]}) as live:
        live.begin()
        live.run(3)
        assert not live.published("BTC", "source")
        yield live


@pytest.mark.parametrize("kind", ["silent", "half_open"])
def test_a_silent_venue_is_replaced_within_four_seconds(pair: Live, kind: Kind) -> None:
    """A silent venue is replaced, and returns between two candles, without a lost or doubled candle."""
    pair.server.fault("binance", StreamFault(kind))
    silent = pair.clock
    pair.run(10, until=lambda: pair.published("BTC", "source"))
    assert pair.clock - silent <= 4 + 2 * STEP  # four seconds since its last data, and a step on either side
    pair.run(25)
    pair.server.heal()
    pair.run(300, until=lambda: len(pair.published("BTC", "source")) == 2)  # a busy machine connects later

    there, back = pair.published("BTC", "source")
    assert (there["from"], there["to"], there["reason"]) == ("binance", "bybit", "silent")
    assert (back["from"], back["to"], back["reason"]) == ("bybit", "binance", "recovered")
    said = pair.said["candles:BTC:1m"]
    assert said[said.index(back) - 1]["closed"]
    times = [row["timestamp"] for row in pair.closed("BTC")]
    assert times == [*range(times[0], times[-1] + 1, 60_000)]


def test_a_dropped_connection_costs_nothing(pair: Live) -> None:
    """While a dropped connection reconnects the standby serves, and the last closed candles are requested."""
    pair.run(15)
    pair.stand_in.calls.forget()
    pair.server.fault("binance", StreamFault("drop"))
    pair.run(75)

    assert pair.published("BTC", "source")[0]["reason"] == "disconnected"
    assert pair.server.opened["binance"] == 2
    assert pair.stand_in.calls.list("binance", "klines")
    for coin in ("BTC", "ETH"):
        times = [row["timestamp"] for row in pair.closed(coin)]
        assert times == [*range(times[0], times[-1] + 1, 60_000)]


def test_one_bad_topic_costs_no_other() -> None:
    """If a venue refuses a request for one bad topic, the good topics are requested separately."""
    with Live({"BTC": ["bybit"], "ETH": ["bybit"]}) as live:
        live.server.fault("bybit", StreamFault("bad_topic", native="ETHUSDT"))
        live.run(20, until=lambda: any(one["sourceTime"] for one in live.published("BTC", "candle")))
        live.until(lambda: not live.venues.serves("bybit", "kline.1.ETHUSDT"))
        live.until(lambda: live.published("ETH", "candle"))

        assert live.venues.serves("bybit", "kline.1.BTCUSDT")
        assert live.published("ETH", "candle")[0]["sourceTime"] is None  # requests stand in


@pytest.mark.parametrize("status", [451, 429])
def test_a_refused_upgrade_is_obeyed(status: int) -> None:
    """A refusal of the region ends all attempts, a rate limit delays them, and the next venue serves."""
    with Live({"BTC": ["binance", "okx"]}) as live:
        live.server.fault("binance", StreamFault("refuse", status=status))
        live.begin(without="binance")
        live.run(10)

        assert live.published("BTC", "source")[0]["to"] == "okx"
        assert live.venues.serves("binance", "btcusdt@kline_1m") is (status == 429)
        assert live.server.refused["binance"] == 1
        live.run(20)
        assert live.server.refused["binance"] == (1 if status == 451 else 2)


def test_candles_of_coinbase_are_built_of_its_trades() -> None:
    """Coinbase's built candles equal its listed ones, and a candle with a lost trade is requested."""
    with Live({"BTC": ["coinbase"]}, quote="USD") as live:
        live.begin()
        live.run(70)
        live.server.fault("coinbase", StreamFault("lose_trade"))
        live.run(5)
        live.server.heal()
        live.run(80)

        closed = live.closed("BTC")
        times = [row["timestamp"] for row in closed]
        assert len(times) >= 2
        assert times == [*range(times[0], times[-1] + 1, 60_000)]
        assert closed == live.listed("BTC", "coinbase", times)
        assert any(one["sourceTime"] for one in live.published("BTC", "candle") if not one["closed"])
