"""The job that feeds the streams: it rests while there is nothing to feed, and misses nothing that begins."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from limits.storage import MemoryStorage
from prometheus_client import CollectorRegistry

from engine import create_app
from engine.jobs.publishing import TICK, Publishing
from engine.streaming.hub import LINGER
from engine.streaming.log import KEPT, Message
from engine.streaming.service import Streaming
from engine.telemetry.event_log import ClockRight
from engine.telemetry.metrics import StreamCounts
from engine.timestamps import iso
from engine.web.services import services_of
from tests.clock import Clock
from tests.engine.web.conftest import settings_for
from tests.upstreams import StandIn

STATUS = "status"


class Listener:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.heard: list[Message] = []

    def deliver(self, message: Message) -> None:
        """Keep a message."""
        self.heard.append(message)


class Stage:
    """The streams of a worker without Redis, whose job a test turns by hand."""

    def __init__(self, stand_in: StandIn, clock: Clock, folder: Path) -> None:
        self.clock = clock
        self.services = services_of(create_app(clock, **{**settings_for(stand_in), "data_dir": f"{folder}"}))
        streaming = self.services.streaming
        assert streaming is not None
        self.streaming: Streaming = streaming
        self.registry = CollectorRegistry()
        self.woken = 0
        self.job = Publishing(streaming, StreamCounts(self.registry))
        streaming.wake_with(self.wake)
        self.job.tick()

    def wake(self) -> None:
        """Count a wake."""
        self.woken += 1

    def turn(self, seconds: float = 0.0) -> float | None:
        """Take a turn after some seconds, and return the pause after it."""
        self.clock.advance(seconds)
        self.job.tick()
        return self.job.pause()


@pytest.fixture(scope="module")
def clock() -> Clock:
    """Return the clock of the world."""
    return Clock()


@pytest.fixture(scope="module")
def world(clock: Clock) -> Iterator[StandIn]:
    """Yield a stand-in for all tests."""
    with StandIn(clock=clock) as world:
        yield world


@pytest.fixture
def stage(world: StandIn, clock: Clock, tmp_path: Path) -> Iterator[Stage]:
    """Yield the streams of a worker."""
    stage = Stage(world, clock, tmp_path)
    yield stage
    stage.streaming.stop()


def test_nothing_runs_while_no_stream_is_open(stage: Stage) -> None:
    """Without clients and channels no tick of the streams follows, until something wakes the job."""
    assert stage.job.pause() is None
    assert stage.woken == 0


def test_a_channel_wakes_the_job_and_is_fed_until_its_time_is_over(stage: Stage) -> None:
    """The first listener of a channel wakes the job, which rests a minute after the last one has left."""
    one, other = Listener(), Listener()
    stage.streaming.hub.subscribe(one, [STATUS])
    stage.streaming.hub.subscribe(other, [STATUS])
    assert stage.woken == 1
    assert stage.turn() == TICK

    stage.streaming.hub.unsubscribe(one, [STATUS])
    assert stage.turn() == TICK
    stage.streaming.hub.unsubscribe(other, [STATUS])
    assert stage.turn(LINGER / 1000 - 1) == TICK
    assert stage.turn(1) is None


def test_what_begins_during_a_tick_is_not_missed(stage: Stage) -> None:
    """A channel that gets a listener after the tick has looked is work, whatever the tick has seen."""
    stage.job.tick()
    stage.streaming.hub.subscribe(Listener(), [STATUS])

    assert (stage.woken, stage.job.pause()) == (1, TICK)


def test_the_tick_that_ends_a_channel_is_followed_by_another(stage: Stage) -> None:
    """Time may end a channel after a tick has fed it: the next tick ends what feeds it."""
    listener = Listener()
    stage.streaming.hub.subscribe(listener, [STATUS])
    stage.turn()
    stage.streaming.hub.unsubscribe(listener, [STATUS])
    stage.turn()
    stage.clock.advance(LINGER / 1000)

    assert stage.job.pause() == TICK
    assert stage.turn() is None


def test_a_client_wakes_the_job_and_is_counted(stage: Stage) -> None:
    """A client without channels is looked after as well, and its end is counted."""

    class Present:
        owner, key, open, waiting = "owner", None, True, False
        begun = taken = float("inf")

        def tend(self, now: float) -> None:
            """Do nothing."""

    client: Any = Present()
    stage.streaming.clients.add(client)
    assert (stage.woken, stage.turn()) == (1, TICK)
    assert stage.registry.get_sample_value("engine_streams") == 1

    stage.streaming.clients.remove(client)
    assert stage.turn() is None
    assert stage.registry.get_sample_value("engine_streams") == 0


def test_names_that_none_subscribes_to_are_forgotten(stage: Stage) -> None:
    """A client may name channels and leave: the job is woken once to forget them. A replay keeps none."""
    stage.streaming.named(["candles:BTCUSDT:1m"])
    assert (stage.woken, stage.job.pause()) == (1, TICK)
    assert stage.turn() is None

    cursor: Any = type("Cursor", (), {"epoch": "none", "place": stage.streaming.hub.log.last})
    stage.streaming.since(cursor, [STATUS], 10)
    assert (stage.woken, stage.job.pause()) == (1, None)


def test_how_far_a_series_was_told_is_forgotten_in_time(stage: Stage) -> None:
    """While it rests, the job comes back when a series without listeners is to be forgotten."""
    stage.streaming.hub.log.reached["candles:BTCUSDT:1m"] = 0
    assert stage.turn() == KEPT / 1000
    assert stage.turn(60) == KEPT / 1000 - 60

    assert stage.turn(KEPT / 1000 - 60) == TICK
    assert stage.turn(TICK) is None
    assert not stage.streaming.hub.log.reached


def test_a_client_is_not_told_of_what_happened_without_listeners(stage: Stage) -> None:
    """The first tick after a rest tells the events since the client came, and none of those before."""
    happen = stage.services.market._events.publish
    happen(ClockRight(stage.clock()))
    stage.clock.advance(300)
    listener = Listener()
    stage.streaming.hub.subscribe(listener, [STATUS])
    stage.clock.advance(0.125)
    happen(soon := ClockRight(stage.clock()))
    stage.turn()
    stage.clock.advance(TICK)
    happen(later := ClockRight(stage.clock()))
    stage.turn()

    assert [told.said["data"]["time"] for told in listener.heard if told.said] == [
        iso(soon.time),
        iso(later.time),
    ]


@pytest.mark.parametrize("jump", [0.0, -3600.0], ids=["late", "set back"])
def test_a_client_is_told_of_all_that_happens_once_it_listens(stage: Stage, jump: float) -> None:
    """A listener gets each event, although the first tick comes late or the clock was set back."""
    stage.clock.advance(300)
    stage.turn()
    stage.clock.advance(jump)
    listener = Listener()
    stage.streaming.hub.subscribe(listener, [STATUS])
    stage.clock.advance(0.125)
    stage.services.market._events.publish(event := ClockRight(stage.clock()))
    stage.turn(2 * TICK)

    assert [told.said["data"]["time"] for told in listener.heard if told.said] == [iso(event.time)]


def test_workers_that_share_a_redis_do_not_rest(stage: Stage) -> None:
    """Workers that share a Redis go on: one feeds the clients of all, and all renew their counts."""
    services = stage.services
    places: Any = Counter()
    shared = Streaming(
        services.settings,
        services.market,
        services.catalogue,
        MemoryStorage(),
        services.clock,
        services.callers.is_known,
        places=places,
    )

    assert Publishing(shared, StreamCounts(CollectorRegistry())).pause() == TICK
