"""Trades and best prices are passed on from one venue, which changes only where it is lost."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import pytest

from engine.errors import ApiError
from engine.streaming.passthrough import LINGER, PATIENCE, Passthrough
from engine.streaming.series import Seat
from engine.streaming.venues import Venues
from engine.upstream.streams.session import Data
from providers import Market, StreamedTrade

PAIR = cast("Any", type("Pair", (), {"symbol": "BTCUSDT"}))
MARKET = Market("one", "BTC", "USDT", "BTCUSDT")


class Wires:
    """Connections that a test sets."""

    def __init__(self) -> None:
        self.receive: Callable[[str, Data, int], None] = lambda venue, data, now: None
        self.wanted: dict[tuple[str, str], str] = {}
        self.refused: set[str] = set()
        self.online: set[str] = set()

    def serves(self, venue: str, topic: str) -> bool:
        """Return whether a venue may be asked."""
        return venue not in self.refused

    def is_online(self, venue: str, topic: str) -> bool:
        """Return whether it is connected."""
        return venue in self.online

    def want(self, topics: Mapping[tuple[str, str], Any]) -> None:
        """Note what is wanted."""
        self.wanted = dict(topics)

    def step(self) -> None:
        """Do nothing."""


class Stage:
    """Two venues that have the stream, and a clock."""

    def __init__(self, room: int = 10, seats: Iterable[str] = ("one", "two")) -> None:
        self.now = 1_790_274_180_000
        self.wires = Wires()
        self.received: list[tuple[str, Data]] = []
        found = [Seat(venue, MARKET, f"{venue} trades", says_closed=False) for venue in seats]
        self.passthrough = Passthrough(
            cast("Venues", self.wires), lambda pair, kind: found, lambda: self.now, lambda: room
        )

    def receive(self, venue: str, data: Data, now: int) -> None:
        """Take what is passed on."""
        self.received.append((venue, data))

    def tick(self, after: int = 0) -> list[str]:
        """Let time pass, and return the venues that are asked."""
        self.now += after
        self.passthrough.tick()
        return [venue for venue, _ in self.wires.wanted]


def trade(venue: str, *, seed: bool = False) -> StreamedTrade:
    """Return a trade of a venue."""
    return StreamedTrade(f"{venue} trades", 1, 2.0, 3.0, 4, seed)


def test_the_first_venue_is_passed_on() -> None:
    """The first venue's data are passed on, except its past trades."""
    stage = Stage()
    stage.passthrough.join(PAIR, "trades", stage.receive)
    asked = stage.tick()
    stage.wires.receive("one", trade("one", seed=True), stage.now)
    stage.wires.receive("one", trade("one"), stage.now)
    stage.wires.receive("two", trade("two"), stage.now)

    assert asked == ["one"]
    assert stage.received == [("one", trade("one"))]
    assert stage.passthrough.venue(PAIR, "trades") == "one"


def test_a_lost_venue_is_left_after_a_while() -> None:
    """A stream leaves a lost venue after some seconds and a refusing one at once, and stays at the next."""
    stage = Stage()
    stage.passthrough.join(PAIR, "trades", stage.receive)
    stage.wires.online = {"one"}
    stage.tick(PATIENCE)
    stage.wires.online = set()
    early, late = stage.tick(PATIENCE - 1), stage.tick(1)
    stage.wires.online = {"one", "two"}
    stays = stage.tick(PATIENCE)
    stage.wires.refused = {"two"}

    assert (early, late, stays, stage.tick()) == (["one"], ["two"], ["two"], ["one"])


def test_a_stream_is_kept_for_a_minute_without_receivers() -> None:
    """A stream stays open for a minute without receivers, so that a returning client finds it."""
    stage = Stage()
    stage.wires.online = {"one"}
    stage.passthrough.join(PAIR, "trades", stage.receive)
    stage.passthrough.leave(PAIR, "trades", stage.receive)
    kept = stage.tick(LINGER - 1)

    assert kept == ["one"]
    assert stage.tick(1) == []
    assert len(stage.passthrough) == 0


@pytest.mark.parametrize(("stage", "code"), [(Stage(seats=()), "NOT_FOUND"), (Stage(room=0), "STREAM_FULL")])
def test_a_stream_that_cannot_be_had_is_refused(stage: Stage, code: str) -> None:
    """A stream is refused if no venue has it, or too many streams are open."""
    with pytest.raises(ApiError) as refused:
        stage.passthrough.join(PAIR, "trades", stage.receive)

    assert refused.value.code == code
