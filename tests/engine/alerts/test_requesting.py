"""Candles for rules where streams are disabled."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.alerts.confirming import Inquiries
from engine.alerts.requesting import Requesting
from engine.errors import ApiError
from engine.streaming.channels import Channel, read_channel
from tests.engine.alerts.receiving import Inline
from tests.engine.alerts.stating import CATALOGUE, NOW

CANDLES = "candles:BTCUSDT:1d"
CHANNELS = {CANDLES: read_channel(CANDLES, CATALOGUE, NOW / 1000)}


class Nothing:
    """A stand-in for the requests of indicators."""

    def tick(self, channels: object) -> None:
        """Request nothing."""


class Stage(Inquiries):
    """Requests every ten seconds, to providers that can fail."""

    def __init__(self) -> None:
        self.now = NOW
        self.fails = False
        self.published: list[tuple[object, object]] = []
        nothing: Any = Nothing()
        self.requesting = Requesting(self, nothing, self, Inline(), lambda: self.now, 10)

    def candles(self, channel: Channel, now: int) -> Iterator[dict[str, Any]]:
        """Yield a closed candle and one that forms."""
        if self.fails:
            raise ApiError("no provider answers", code="PROVIDER_ERROR", status=503)
        for closed in (True, False):
            yield {"type": "candle", "closed": closed, "data": {"timestamp": NOW - closed}}

    def publish(self, channel: str, body: Any, *, conflated: bool, reached: int | None = None) -> None:
        """Keep the message."""
        self.published.append((body["type"], body.get("closed")))

    def ended(self, channel: str) -> None:
        """Do nothing."""

    def forgotten(self, channel: str) -> None:
        """Do nothing."""

    def later(self, channels: dict[str, Channel] = CHANNELS) -> list[tuple[object, object]]:
        """Let ten seconds pass. Return what is published."""
        self.now += 10_000
        self.published = []
        self.requesting.tick(channels)
        return self.published


@pytest.fixture
def stage() -> Stage:
    """Return a stage before its first request."""
    return Stage()


def test_candles_that_no_provider_confirms_are_stale(stage: Stage) -> None:
    """After 15 seconds of failures candles are stale, once. The next answer repeats the last close."""
    begin = stage.later()
    stage.fails = True
    failing = [stage.later() for _ in range(4)]
    stage.fails = False

    assert begin == [("candle", True), ("candle", False)]
    assert failing == [[], [("stale", None)], [], []]
    assert stage.later() == [("candle", True), ("candle", False)]
    assert stage.later() == [("candle", False)]


def test_a_channel_that_is_wanted_again_begins_anew(stage: Stage) -> None:
    """A channel that comes back publishes its last close again: the next one may be days away."""
    stage.later()
    stage.later({})

    assert stage.later() == [("candle", True), ("candle", False)]
