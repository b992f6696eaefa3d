"""A series of candles continues after the last published one, whichever worker feeds it."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from engine.streaming.series import CandleSeries, Seat
from engine.upstream.streams.changes import Look
from providers import INTERVALS, Candle, Market, StreamedCandle

MINUTE = INTERVALS["1m"]
NOW = 1_790_274_180_000
CHANNEL = "candles:BTCUSDT:1m"


class RecordingPublisher:
    """A publisher that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[tuple[Any, bool, int | None]] = []

    def publish(
        self, channel: str, body: Mapping[str, object], *, conflated: bool, reached: int | None = None
    ) -> None:
        """Keep a message."""
        self.messages.append((body, conflated, reached))

    def ended(self, channel: str) -> None:
        """Do nothing."""

    def forgotten(self, channel: str) -> None:
        """Do nothing."""


def candle(minute: int) -> Candle:
    """Return the candle of so many minutes after the beginning."""
    return Candle(NOW + minute * 60_000, 1.0, 1.0, 1.0, 1.0, 1.0)


def test_a_new_leader_closes_what_closed_meanwhile() -> None:
    """A new leader requests the candles after the last published one, and each message has its position."""
    published, closed = RecordingPublisher(), [candle(1), candle(2)]
    seat = Seat("binance", Market("binance", "BTC", "USDT", "BTCUSDT"), "topic", says_closed=True)
    series = CandleSeries(CHANNEL, MINUTE, [seat], published, str, lambda seat, candle: None, NOW)
    now = NOW + 3 * 60_000 + 500
    series.connected("binance", now, connected=True)
    series.receive("binance", StreamedCandle("topic", candle(3), closed=False, sent=now), now)
    looks = series.tick(now)
    for look in looks:
        series.looked(look, [one for one in closed if look.first <= one.open_time <= look.last], now)

    assert Look("binance", candle(1).open_time, candle(2).open_time) in looks
    rows = [(body["data"]["timestamp"], body["closed"], reached) for body, _, reached in published.messages]
    assert rows == [
        (candle(1).open_time, True, candle(1).open_time),
        (candle(2).open_time, True, candle(2).open_time),
        (candle(3).open_time, False, candle(2).open_time),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(candle(0), high=0.5),
        replace(candle(0), low=2.0),
        replace(candle(0), close=-1.0),
        replace(candle(0), open_time=NOW + 30_000),
        replace(candle(0), open_time=NOW + 600_000),
        replace(candle(0), open_time=NOW // 1000),
    ],
)
def test_an_impossible_candle_counts_as_no_data(wrong: Candle) -> None:
    """A candle with contradictory prices or an impossible time counts as no data."""
    published = RecordingPublisher()
    seat = Seat("binance", Market("binance", "BTC", "USDT", "BTCUSDT"), "topic", says_closed=True)
    series = CandleSeries(CHANNEL, MINUTE, [seat], published, str, lambda seat, candle: None)
    series.connected("binance", NOW, connected=True)
    for closed in (False, True):
        series.receive("binance", StreamedCandle("topic", wrong, closed, NOW + 31_000), NOW + 31_000)

    assert published.messages == []
    assert series.tick(NOW + 31_000) != []  # requests stand in
