"""One faulty venue of three fires no rule, whatever its fault."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from engine import create_app
from engine.alerts.building import Sources, builder
from engine.alerts.evaluation.running import Memory
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import KeptRule
from engine.alerts.sending import Outcome
from engine.config import Settings
from engine.jobs.alerting import Alerting
from engine.market.prices.request import RequestedCoin
from engine.telemetry.metrics import AlertCounts
from engine.web.services import services_of
from providers import ASSET_BY_NAME
from tests.clock import Clock
from tests.engine.alerts.receiving import Inline
from tests.engine.alerts.stating import compare, given
from tests.engine.web.conftest import settings_for
from tests.upstreams import Fault, StandIn
from tests.upstreams.faults import DATA_KINDS, WIRE_KINDS

VENUES = ("binance", "kraken", "okx")
"""Binance, the faulty one, has the highest priority for candles."""
AT_LEAST = 0.04
"""The least distance of a false price from the real one, as a fraction."""
FAULTS = {
    "price": [Fault("price", factor=factor) for factor in (0.5, 0.985, 1.015, 2.0)],
    "swapped": [Fault("swapped", coins=("BTC", "ETH"))],
    "delay": [Fault("delay", seconds=0.1)],
    "huge": [Fault("huge", size=5_000_000)],
    "lists": [Fault("lists", size=2_000_000)],
}
"""Faults with parameters."""
FIGURES = (("price", ""), ("close", "USDT:1m"), ("ema", "USDT:1m:2"))
OF_NEWS = ("entity", "hostile", "laughs", "no_votes", "undated")
KINDS = tuple(kind for kind in (*DATA_KINDS, *WIRE_KINDS) if kind not in OF_NEWS)
GROUPS = 6


class Accepting:
    """A receiver that accepts everything."""

    def send(self, *_: object, **__: object) -> Outcome:
        """Accept the alert."""
        return Outcome(delivered=True)


class Stage:
    """An engine with three venues, whose alert rules are evaluated on demand."""

    def __init__(self, world: StandIn, clock: Clock, access: Access, folder: str) -> None:
        self.world, self.clock, self.access = world, clock, access
        hurried = {"upstream_read_seconds": 2.0, "upstream_total_seconds": 2.0}
        three = {"providers_quotes": VENUES, "providers_candles": VENUES}
        without = {"history_enabled": False, "stream_enabled": False}
        settings = {
            **settings_for(world),
            **three,
            **without,
            **hurried,
            "data_dir": folder,
            "api_keys_file": folder,
        }
        self.services = services_of(create_app(clock, **settings))
        sources = Sources(
            self.services.market, self.services.catalogue, None, self.services.clock, lambda: {"alice"}
        )
        counts = AlertCounts(CollectorRegistry())
        receiver: Any = Accepting()
        build = builder(self.services.settings, self.access, sources, receiver, counts, lambda _: Inline())
        self.alerting = Alerting(self.access, build, counts, clock)

    def price(self) -> float:
        """Return the current price of BTC."""
        coin = RequestedCoin("BTC", ASSET_BY_NAME["BTC"])
        [row] = self.services.market.prices.newest([coin], "USDT", self.clock()).coins
        assert row.price is not None
        return row.price

    def memory(self, when: object, rounds: int = 2) -> Memory:
        """Evaluate a rule for some rounds, and return its stored memory."""
        rule = KeptRule("r1", "alice", self.clock(), given(when), ())
        self.access.run(lambda storage: storage.add(rule, None))
        for _ in range(rounds):
            self.clock.advance(11)
            self.alerting.look()
            self.alerting.tick()
            self.alerting.tick()
        [kept] = self.access.run(lambda storage: storage.rules("alice"))
        self.access.run(lambda storage: storage.remove("r1", "alice"))
        self.access.run(lambda storage: storage.release())
        return kept.memory


@pytest.fixture(scope="module")
def clock() -> Clock:
    """Return the clock of the world."""
    return Clock()


@pytest.fixture(scope="module")
def world(clock: Clock) -> Iterator[StandIn]:
    """Yield a stand-in for all tests."""
    with StandIn(clock=clock) as stand_in:
        yield stand_in


Begin = Callable[[], Stage]


@pytest.fixture
def begin(world: StandIn, clock: Clock, folder: Path) -> Iterator[Begin]:
    """Yield a function that makes engines on one database, each with budgets and circuits of its own."""
    made: list[Stage] = []
    access = Access(Settings(data_dir=f"{folder}", api_keys_file=f"{folder}"), clock)

    def start() -> Stage:
        world.heal()
        world._minutes.clear()  # the limits of venues count by this machine's clock
        clock.advance(60)
        made.append(Stage(world, clock, access, f"{folder}"))
        return made[-1]

    yield start
    for stage in made:
        stage.alerting.stop()


def off(price: float, *operands: str) -> dict[str, object]:
    """Return a condition that holds where a figure is far from a price."""
    low, high = price * (1 - AT_LEAST), price * (1 + AT_LEAST)
    return {
        "any": [
            compare(operand, operator, bound)
            for operand in operands
            for operator, bound in (("<", low), (">", high))
        ]
    }


@pytest.mark.parametrize("kinds", [KINDS[start::GROUPS] for start in range(GROUPS)], ids=str)
def test_one_faulty_venue_of_three_never_fires_a_rule(begin: Begin, kinds: tuple[str, ...]) -> None:
    """Prices, candles and indicators of one faulty venue fire no rule, for each fault of the stand-in."""
    for fault in chain.from_iterable(FAULTS.get(kind, [Fault(kind)]) for kind in kinds):
        stage = begin()
        price = stage.price()
        stage.world.fault("binance", fault)
        stage.world.calls.forget()
        memory = stage.memory(off(price, "price:BTC", "close:BTCUSDT:1m", "ema:BTCUSDT:1m:2"))

        assert (memory.fired, memory.turned) == (None, False), fault
        assert stage.world.calls.count("binance") > 0, fault


def test_a_rule_fires_on_real_figures(begin: Begin) -> None:
    """A rule on real figures fires on this stage, so that the tests of faults prove something."""
    stage = begin()
    price = stage.price()
    true = [compare(f"{figure}:BTC{rest}", ">", price / 2) for figure, rest in FIGURES]

    assert stage.memory({"all": true}).fired is not None
