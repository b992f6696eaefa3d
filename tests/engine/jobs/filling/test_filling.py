"""Long histories are filled from many venues, completely, once, and with reasons for gaps."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import create_app
from engine.analysis.candles import Sound
from engine.history.archive import FILE, Archive
from engine.history.job import Job
from engine.history.ranges import Range
from engine.history.series import Cause, Finding, Gap, KeptCandle, Piece, SeriesKey
from engine.jobs.backfilling import FIRST_LOOK, LOOK, Backfilling
from engine.jobs.filling import Filling, new_job
from engine.jobs.filling.outages import outages
from engine.market.candles.request import GENESIS
from engine.web.services import Services, services_of
from providers import ASSET_BY_NAME, INTERVALS, Candle, Pair
from tests.clock import Clock
from tests.engine.web.conftest import settings_for
from tests.upstreams import Fault, StandIn

HOUR, DAY = 3_600_000, 86_400_000
HOURS = INTERVALS["1h"]
PAIR = Pair(ASSET_BY_NAME["BTC"], "USDT")


@dataclass
class Fillable:
    """An engine with its own archive."""

    services: Services
    clock: Clock
    waited: list[float]

    @property
    def now(self) -> int:
        """Return Unix milliseconds."""
        return int(self.clock() * 1000)

    def job(self, days: int, code: str = "1h", until: int = 40) -> Job:
        """Return a job for some days that ended before the range of venues with a short history."""
        end = self.now // DAY * DAY - until * DAY
        key = SeriesKey.of(PAIR, INTERVALS[code])
        job = new_job("tester", "BTCUSDT", key, end - days * DAY, end, self.now)
        self.services.archive.change(lambda storage: storage.add_job(job))
        return job

    def run(self, job: Job, chunks: int = 1000) -> Job:
        """Run some chunks of a job, and return its stored state."""

        def wait(seconds: float) -> None:
            self.waited.append(seconds)
            self.clock.advance(seconds)

        filling = Filling(
            self.services.archive, self.services.market.candles.upstreams, lambda: self.now, wait
        )
        for _, it in zip(range(chunks), filling.run(job, PAIR), strict=False):
            job = it
        found = self.services.archive.run(lambda storage: storage.job(job.id))
        assert found is not None
        return found

    def kept(self, job: Job) -> Piece:
        """Return the stored candles of the job's part."""
        return self.services.archive.read(job.key, job.first, job.until)


def candle(opened: int) -> Candle:
    """Return a candle of an hour."""
    return Candle(opened, 1.0, 1.0, 1.0, 1.0, 1.0)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that only waiting advances."""
    return Clock()


@pytest.fixture
def engine(stand_in: StandIn, clock: Clock, tmp_path: Path) -> Iterator[Fillable]:
    """Yield an engine over the stand-in."""
    app = create_app(clock, **settings_for(stand_in), history_enabled=True, data_dir=f"{tmp_path}")
    services = services_of(app)
    yield Fillable(services, clock, [])
    services.archive.stop()


@pytest.fixture
def stand_in(clock: Clock) -> Iterator[StandIn]:
    """Yield a stand-in for all providers."""
    with StandIn(clock=clock) as stand_in:
        yield stand_in


def test_a_long_range_is_filled(engine: Fillable, stand_in: StandIn) -> None:
    """Months of hours are fetched page by page from the first venue, each candle once."""
    job = engine.run(engine.job(150))

    piece = engine.kept(job)
    assert (job.state, job.done, job.candles) == ("done", job.total, 150 * 24)
    assert [it.candle.open_time for it in piece.candles] == list(range(job.first, job.until, HOUR))
    assert {it.provider for it in piece.candles} == {"binance"}
    assert list(piece.gaps) == []


def test_only_the_first_venue_that_reaches_is_asked(engine: Fillable, stand_in: StandIn) -> None:
    """One call finds the first venue with the range, and the others are not called."""
    engine.run(engine.job(30))

    assert {call.provider for call in stand_in.calls} == {"binance"}


def test_what_is_kept_is_not_fetched_again(engine: Fillable, stand_in: StandIn) -> None:
    """A second job for the same part calls no provider for its chunks."""
    engine.run(engine.job(90))
    stand_in.calls.forget()

    job = engine.run(engine.job(90))

    assert stand_in.calls.count() == 1  # which venue reaches so far back
    assert (job.state, job.candles) == ("done", 90 * 24)


def test_a_job_goes_on_where_it_was(engine: Fillable, stand_in: StandIn) -> None:
    """A stopped job fetches the rest later, and its result is that of an uninterrupted one."""
    job = engine.run(engine.job(150), chunks=1)
    assert (job.state, job.done) == ("running", 1)
    stand_in.calls.forget()

    job = engine.run(job)

    assert job.state == "done"
    assert len(engine.kept(job).candles) == 150 * 24


def test_another_venue_takes_a_chunk_that_fails(engine: Fillable, stand_in: StandIn) -> None:
    """Another venue fetches a failed chunk, whose failure is recorded."""
    stand_in.fault("binance", Fault("status", status=500))

    job = engine.run(engine.job(30))

    piece = engine.kept(job)
    assert len(piece.candles) == 30 * 24
    assert "binance" not in {it.provider for it in piece.candles}
    assert job.state == "done"


def test_holes_are_filled_from_another_venue(engine: Fillable, stand_in: StandIn) -> None:
    """Candles that the first venue lacks come from the next one, and are marked."""
    stand_in.fault("binance", Fault("gap", count=4))

    job = engine.run(engine.job(30))

    filled = [it for it in engine.kept(job).candles if it.filled]
    assert len(engine.kept(job).candles) == 30 * 24
    assert filled
    assert {it.provider for it in filled} == {"bybit"}


def test_a_hole_that_all_venues_have_saw_no_trade(engine: Fillable, stand_in: StandIn) -> None:
    """A gap that all other venues have as well has the reason `no_trades`."""
    for name in ("binance", "bybit", "okx", "kucoin", "gate"):
        stand_in.fault(name, Fault("gap", count=4))

    job = engine.run(engine.job(10, "15m"))

    reasons = {gap.reason for gap in engine.kept(job).gaps}
    assert reasons <= {"no_trades"}


def test_a_hole_of_unknown_reason_is_looked_at_again(engine: Fillable, stand_in: StandIn) -> None:
    """A request has found a hole that no venue explained: a job asks the other venues for it."""
    job = engine.job(10)
    candles = [KeptCandle(candle(job.first), "binance"), KeptCandle(candle(job.until - HOUR), "binance")]
    found = Finding(job.first, job.until, candles, job.first)
    engine.services.archive.write(job.key, found, Cause.REQUEST)
    assert [gap.reason for gap in engine.kept(job).gaps] == ["unknown"]

    engine.run(job)

    assert (len(engine.kept(job).candles), list(engine.kept(job).gaps)) == (240, [])


def test_a_venue_that_disagrees_fills_no_hole(engine: Fillable, stand_in: StandIn) -> None:
    """Prices 5 % off are of another market: the gap stays, and the job names the venue."""
    stand_in.fault("binance", Fault("gap", count=4, coins=("BTC",)))
    for name in ("bybit", "okx", "kucoin", "gate", "bitstamp", "coinbase", "cryptocompare"):
        stand_in.fault(name, Fault("price", factor=1.05))

    job = engine.run(engine.job(30))

    piece = engine.kept(job)
    assert {it.provider for it in piece.candles} == {"binance"}
    assert {gap.reason for gap in piece.gaps} == {"unknown"}
    assert "bybit: Disagrees" in next(iter(job.failures.values()))


def test_a_hole_of_all_its_coins_is_an_outage_of_the_venue(engine: Fillable, stand_in: StandIn) -> None:
    """Where a venue lacks the same candles of another busy coin, and no other venue has them, it was down."""
    stand_in.fault("binance", Fault("gap", count=4))
    for name in stand_in.base_urls():
        if (other := name.removesuffix("_BASE_URL").lower()) != "binance":
            stand_in.fault(other, Fault("status", status=500))

    job = engine.run(engine.job(30))

    piece = engine.kept(job)
    assert {(gap.until - gap.first) // HOUR for gap in piece.gaps} == {4}
    assert {gap.reason for gap in piece.gaps} == {"venue_outage"}


@pytest.mark.parametrize(
    ("missing", "left_out", "expected"),
    [
        ([5, 6], [], [(5, 7)]),
        ([], [], []),
        ([5, 6, 8], [], []),
        ([0, 5, 6], [], [(5, 7)]),
        ([5, 6], [5], [(6, 7)]),
    ],
    ids=["both lack them", "one lacks them", "no busy coin", "no candle before", "an unreadable row"],
)
def test_what_proves_an_outage(missing: list[int], left_out: list[int], expected: list[Range]) -> None:
    """The busy coin lacks the same candles, none else, and has candles around them."""
    rows = [Candle(at * HOUR, 1.0, 1.0, 1.0, 1.0, 1.0) for at in range(10) if at not in missing]
    busy = Sound(rows, tuple(at * HOUR for at in left_out))
    lacking = [(0, HOUR), (5 * HOUR, 7 * HOUR)]

    found = outages(lacking, lacking, busy, HOURS, (0, 10 * HOUR))
    assert found == [(first * HOUR, until * HOUR) for first, until in expected]


def test_a_chunk_from_another_market_is_refused(engine: Fillable, stand_in: StandIn) -> None:
    """The candles of a venue that takes over in the middle must join those before it."""
    job = engine.run(engine.job(150), chunks=1)
    stand_in.fault("binance", Fault("status", status=500))
    stand_in.fault("bybit", Fault("price", factor=1.05))

    job = engine.run(job)

    piece = engine.kept(job)
    assert len(piece.candles) == 150 * 24
    assert "bybit" not in {it.provider for it in piece.candles}
    assert "bybit: Disagrees" in "".join(job.failures.values())


def test_while_every_venue_fails_it_waits_and_then_goes_on(engine: Fillable, stand_in: StandIn) -> None:
    """A chunk that every venue fails is tried again, then counts as not fetched, and the job has failed."""
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))

    job = engine.run(engine.job(10))

    assert job.state == "failed"
    assert (sum(engine.waited), max(engine.waited)) == (30.0 + 60.0 + 120.0, 30.0)
    assert list(engine.kept(job).gaps) == [Gap(job.first, job.until, "not_fetched")]
    assert "binance" in next(iter(job.failures.values()))


def test_a_job_that_waits_stays_with_its_process(engine: Fillable, stand_in: StandIn) -> None:
    """Another process takes over no job whose process waits for venues, however long."""
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    services = engine.services
    other = Archive(services.settings, engine.clock)
    job = engine.job(10)
    services.archive.change(lambda storage: storage.claim_job(job.id))
    taken: list[Job | None] = []

    def wait(seconds: float) -> None:
        engine.clock.advance(seconds)
        taken.append(other.change(lambda storage: storage.claim_job()))
        other.release()

    upstreams = services.market.candles.upstreams
    list(Filling(services.archive, upstreams, lambda: engine.now, wait).run(job, PAIR))
    other.stop()

    assert len(taken) >= 7
    assert taken == [None] * len(taken)


def test_a_job_that_another_process_has_taken_over_is_left_to_it(engine: Fillable) -> None:
    """A process that was away for longer than its claim writes no progress of a job that another goes on."""
    other = Archive(engine.services.settings, engine.clock)
    job = engine.job(150)
    seen = []
    run = Filling(engine.services.archive, engine.services.market.candles.upstreams, lambda: engine.now).run(
        job, PAIR
    )
    for it in run:
        seen.append(it)
        engine.clock.advance(61)
        assert other.change(lambda storage: storage.claim_job()) is not None
        other.release()
    other.stop()

    assert len(seen) == 1


def test_a_part_before_all_trade_costs_nothing(engine: Fillable) -> None:
    """A job begins with the first block of Bitcoin, since nothing was traded before it."""
    job = new_job("tester", "BTCUSDT", SeriesKey.of(PAIR, HOURS), 0, engine.now, engine.now)

    assert job.first == job.at == HOURS.first_open(GENESIS)


def test_a_long_job_lets_others_have_their_turn(engine: Fillable) -> None:
    """After some time the job that was worked on least recently goes on, in one process as in several."""
    times = itertools.count(step=20)
    services = engine.services
    working = Backfilling(services.archive, services.market, lambda: float(next(times)))
    long, short = engine.job(900), engine.job(10)

    def states() -> list[str]:
        """Run a turn, and return the states of both jobs."""
        working.look()
        working.tick()
        engine.clock.advance(1)
        found = [services.archive.run(lambda it, job=job: it.job(job.id)) for job in (long, short)]  # type: ignore[misc]
        return [it.state for it in found if it is not None]

    assert states() == ["running", "waiting"]
    assert states() == ["running", "done"]
    for _ in range(20):
        found = states()
    assert found == ["done", "done"]


def test_a_budget_that_is_spent_is_waited_for(engine: Fillable, stand_in: StandIn) -> None:
    """A job waits within the background's share of the rate limit, so that no venue refuses a call."""
    job = engine.run(engine.job(5, "1m"))

    assert job.state == "done"
    assert len(engine.kept(job).candles) == 5 * 1440
    assert 429 not in {call.status for call in stand_in.calls}


def test_it_rests_between_two_looks(engine: Fillable) -> None:
    """Backfilling looks for jobs of others twice a minute, and at once for one of its own process."""
    now = 1000.0
    working = Backfilling(engine.services.archive, engine.services.market, lambda: now)
    assert working.pause() == FIRST_LOOK
    now += FIRST_LOOK
    assert (working.tick(), working.pause()) == (0, LOOK)
    working.look()
    assert working.pause() == 0


def test_a_look_for_jobs_writes_nothing(engine: Fillable) -> None:
    """A process looks while another program writes: it needs the database to itself for an open job alone."""
    archive = engine.services.archive
    archive.summaries()  # it is open
    times = iter([0.0, FIRST_LOOK, FIRST_LOOK])
    working = Backfilling(archive, engine.services.market, lambda: next(times))
    file = Path(engine.services.settings.data_dir, FILE)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert working.tick() == 0

    assert archive.availability.state == "ok"
    assert archive.sizes is not None
