"""Workers share one sequence of messages, whichever of them leads, and while Redis is away."""

from collections.abc import Iterator
from random import Random

import orjson
import pytest
from redis import Redis

from engine.streaming.log import KEPT
from engine.streaming.sharing.shared import GRACE
from tests.engine.streaming.sharing.workers import CHANNEL, Client, Market, Worker, end_lease, trim
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually

pytestmark = needs_redis


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Yield a Redis for all tests of this file."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis(server: RedisServer) -> RedisServer:
    """Return the Redis without keys."""
    with server.client() as client:
        client.flushall()
    return server


@pytest.fixture
def connection(redis: RedisServer) -> Iterator[Redis]:
    """Yield a connection to it."""
    with redis.client() as client:
        yield client


@pytest.fixture
def market() -> Iterator[Market]:
    """Yield a market, whose workers are stopped afterwards."""
    market = Market()
    yield market
    for worker in market.workers:
        worker.sharing.stop()


def begun(server: RedisServer, market: Market, wanted: int = 10_000) -> tuple[Worker, Worker]:
    """Return two workers, of which the first one leads."""
    workers = Worker(server.url, market, wanted=wanted), Worker(server.url, market, wanted=wanted)
    settled(*workers)
    return workers


def settled(*workers: Worker) -> None:
    """Let workers find out who leads, and what is wanted."""
    for _ in range(4):
        for worker in workers:
            worker.step()


def expect(client: Client, market: Market, first: int = 100) -> None:
    """Check that a client got each closed candle once and in order."""
    assert client.closed == [*range(first, market.candle)]


def test_every_worker_sends_the_same_messages(redis: RedisServer, market: Market) -> None:
    """One worker feeds all, and messages have the same bytes and cursors at all workers."""
    first, second = begun(redis, market)
    one, other = first.join(), second.join()
    settled(first, second)
    for _ in range(20):
        market.close()
        first.step()
        second.step()
    settled(second)

    assert (first.sharing.role, second.sharing.role) == ("leading", "following")
    expect(one, market)
    assert other.messages[-40:] == one.messages[-40:]
    assert first.hub.cursor() == second.hub.cursor()


def test_the_leader_feeds_what_clients_of_others_want(redis: RedisServer, market: Market) -> None:
    """The leader feeds the channels of all workers, and those of a dead worker expire."""
    leader, other = begun(redis, market, wanted=400)
    leader.join("prices:BTC")
    settled(leader)
    other.join("prices:ETH")
    settled(leader, other)
    settled(leader)
    assert {*leader.sharing.assignment().channels} == {"prices:BTC", "prices:ETH"}

    def only_its_own() -> bool:
        market.seconds += 1
        leader.step()
        return leader.sharing.assignment().channels == ["prices:BTC"]

    eventually(only_its_own)


def test_another_worker_leads_after_a_dead_one(redis: RedisServer, connection: Redis, market: Market) -> None:
    """After a leader's death clients get each closed candle once and in order, also those of the break."""
    dying, living = begun(redis, market)
    dying.join()
    client = living.join()
    settled(dying, living)
    for _ in range(3):
        market.close()
        settled(dying, living)
    market.close()
    dying.feed()  # it dies before it has closed this candle
    end_lease(connection)
    settled(living)
    assert living.sharing.role == "leading"
    market.close()
    settled(living)

    expect(client, market)
    assert "reset" not in client.kinds


def test_a_leader_that_was_suspended_appends_nothing(
    redis: RedisServer, connection: Redis, market: Market
) -> None:
    """Redis refuses messages of a worker whose lease has expired, so that only one worker appends."""
    suspended, other = begun(redis, market)
    clients = suspended.join(), other.join()
    settled(suspended, other)
    end_lease(connection)
    settled(other)
    assert other.sharing.role == "leading"
    market.close()
    suspended.feed()
    suspended.sharing.send()
    assert suspended.sharing.role == "joining"
    settled(other, suspended)
    market.close()
    settled(other, suspended)

    for client in clients:
        expect(client, market)


def test_a_leader_that_stops_is_followed_at_once(redis: RedisServer, market: Market) -> None:
    """A stopping leader gives its lease back, so that another worker leads at once."""
    stopping, other = begun(redis, market)
    settled(stopping, other)
    stopping.sharing.stop()
    settled(other)

    assert other.sharing.role == "leading"


def test_a_replay_after_any_cut_is_the_uncut_stream(redis: RedisServer, market: Market) -> None:
    """A replay at any worker continues the stream, also at a later worker and with another leader."""
    random, workers = Random(5), begun(redis, market)
    client = workers[0].join()
    settled(*workers)
    for _ in range(30):
        market.close()
        for worker in random.sample(workers, 2):
            worker.step()
    workers[0].sharing.stop()
    workers[0].sharing.read()
    late = Worker(redis.url, market)
    for _ in range(3):
        market.close()
        settled(workers[1], late)
    uncut = workers[1].hub.log.since(client.messages[0].place, {CHANNEL})

    assert late.hub.epoch == workers[1].hub.epoch
    kept = [one for one in uncut if not one.conflated]
    for cut in client.messages:
        replayed = late.hub.replay(type(client.cursor)(cut.epoch, cut.place), {CHANNEL})
        assert replayed is not None
        assert [one for one in replayed if not one.conflated] == [
            one for one in kept if one.place > cut.place
        ]


def test_a_worker_that_was_away_misses_no_closed_candle(
    redis: RedisServer, connection: Redis, market: Market
) -> None:
    """A late reader finds closed candles for minutes, although Redis drops other messages after seconds."""
    leader, slow = begun(redis, market)
    client = slow.join()
    settled(leader, slow)
    for _ in range(10):
        market.close()
        leader.step()
    trim(connection)
    settled(slow)

    expect(client, market)
    assert client.messages == sorted(client.messages, key=lambda one: one.place)


@pytest.mark.parametrize("is_away", [False, True])
def test_a_pause_of_all_messages_is_no_break(redis: RedisServer, market: Market, is_away: bool) -> None:
    """A pause without messages is no break, but a worker that missed too many sends a reset."""
    leader, other = begun(redis, market)
    client = other.join()
    settled(leader, other)
    market.now += KEPT + 1
    market.close()
    leader.step()
    if is_away:
        market.close()
        leader.step()
        with redis.client() as connection:
            trim(connection)
    settled(other)

    expect(client, market)
    assert client.kinds.count("reset") == is_away


def test_clients_go_on_while_redis_is_away_and_after_it(redis: RedisServer, market: Market) -> None:
    """While Redis is unavailable each worker feeds its clients, which get a reset then and afterwards."""
    workers = begun(redis, market)
    clients = [worker.join() for worker in workers]
    settled(*workers)
    market.close()
    settled(*workers)
    redis.kill()
    try:
        market.close()
        settled(*workers)
        market.seconds += GRACE
        settled(*workers)
        assert [worker.sharing.role for worker in workers] == ["alone", "alone"]
        for number in range(4):
            market.close()
            for worker in workers[number % 2 :]:  # one of them knows of some candles later
                worker.step()
    finally:
        redis.start()

    def together() -> bool:
        settled(*workers)
        roles = {worker.sharing.role for worker in workers}
        return roles == {"leading", "following"}

    eventually(together)
    for _ in range(2):
        market.close()
        settled(*workers)

    assert workers[0].hub.epoch == workers[1].hub.epoch
    for client in clients:
        expect(client, market)
        assert client.kinds.count("reset") == 2


def test_no_older_state_follows_when_redis_comes_back_with_what_it_had(
    redis: RedisServer, connection: Redis, market: Market
) -> None:
    """After Redis returns, current and later clients get this worker's last state as the snapshot."""
    worker = Worker(redis.url, market)
    client = worker.join()
    settled(worker)
    connection.config_set("maxmemory", 1)  # it refuses writes
    try:
        market.seconds += GRACE
        worker.sharing.elect()
        roles = [worker.sharing.role]
        market.close()
        worker.feed()
    finally:
        connection.config_set("maxmemory", 0)
    worker.sharing.elect()
    worker.sharing.read()
    reset, snapshot = client.messages[-2:]
    newest, cursor = worker.hub.log.newest(CHANNEL), client.cursor

    assert [*roles, worker.sharing.role] == ["alone", "following"]
    assert (reset.kind, snapshot.kind) == ("reset", "snapshot")
    assert orjson.loads(snapshot.body)["time"] == market.candle
    assert newest is not None
    assert newest.snapshot() == snapshot
    assert worker.hub.replay(cursor, {CHANNEL}) == []
    market.close()
    settled(worker)
    assert worker.hub.replay(cursor, {CHANNEL})
    expect(client, market)


def test_a_redis_that_comes_back_soon_and_empty_is_filled_again(redis: RedisServer, market: Market) -> None:
    """If Redis returns empty, clients get a reset and all closed candles."""
    workers = begun(redis, market)
    clients = [worker.join() for worker in workers]
    settled(*workers)
    market.close()
    settled(*workers)
    redis.kill()
    market.close()
    settled(*workers)
    redis.start()
    settled(*workers)
    market.close()
    settled(*workers)

    for client in clients:
        expect(client, market)
        assert client.kinds.count("reset") == 1


def test_a_channel_that_ended_is_forgotten_by_all(redis: RedisServer, market: Market) -> None:
    """A channel that has ended leaves no old price for later clients of any worker."""
    leader, other = begun(redis, market)
    leader.join()
    settled(leader, other)
    assert other.hub.log.newest(CHANNEL) is not None
    leader.sharing.publisher.ended(CHANNEL)
    leader.sharing.publisher.forgotten(CHANNEL)
    leader.sharing.send()
    other.sharing.read()
    late = Worker(redis.url, market)
    settled(late)

    for worker in (other, late):
        assert worker.hub.log.newest(CHANNEL) is None
        assert CHANNEL not in worker.hub.log.reached


@pytest.mark.parametrize("name", ["state", "live", "log", "newest", "reached", "wanted"])
def test_foreign_values_are_removed(redis: RedisServer, connection: Redis, market: Market, name: str) -> None:
    """A key with a foreign type is deleted, and workers begin another sequence."""
    connection.set(f"test:{{stream}}:{name}", "foreign")
    worker = Worker(redis.url, market)
    client = worker.join()
    for _ in range(3):
        settled(worker)
        market.close()

    assert worker.sharing.role == "leading"
    assert client.closed


def test_an_unreadable_message_is_passed_over(redis: RedisServer, connection: Redis, market: Market) -> None:
    """An unreadable message is skipped, and later ones are delivered."""
    worker = Worker(redis.url, market)
    client = worker.join()
    settled(worker)
    last = str(worker.hub.log.last)
    bad = str(worker.hub.log.last.next(market.now + 1))
    connection.xadd("test:{stream}:live", {"after": last, "0": b"\xc1"}, id=bad)
    connection.hset("test:{stream}:state", "last", bad)
    market.close()
    settled(worker)
    market.close()
    settled(worker)

    expect(client, market)


def test_a_client_waits_until_its_worker_has_read_what_it_had(redis: RedisServer, market: Market) -> None:
    """A cursor of another worker is valid at once, however quickly its client reconnects."""
    leader, other = begun(redis, market)
    client = leader.join()
    settled(leader, other)
    market.close()
    leader.step()
    cursor = client.cursor
    assert other.hub.log.last < cursor.place
    other.sharing.start()
    try:
        assert other.hub.replay(cursor, {CHANNEL}) == []
    finally:
        other.sharing.stop()


def test_all_workers_together_have_so_many_series(redis: RedisServer, market: Market) -> None:
    """The limit counts the series of all workers once each, without channels that need no venue."""
    first, second = begun(redis, market)
    first.join("candles:AUSDT:1m", "prices:A", "news", "sentiment", "status")
    settled(first, second)

    assert second.sharing.has_room(["prices:A", "candles:BUSDT:1m"], 3)
    assert not second.sharing.has_room(["prices:B", "candles:BUSDT:1m"], 3)
    assert second.sharing.has_room(["prices:A"], 1)
    assert not first.sharing.has_room(["prices:B"], 2)


def test_a_worker_counts_alone_while_redis_is_away(redis: RedisServer, market: Market) -> None:
    """While Redis is unavailable the limit counts the series of this worker alone."""
    first, second = begun(redis, market)
    first.join("prices:A")
    settled(first, second)
    second.sharing._sequence._keys[-1] = "test:{stream}:state"  # a key of another type fails in Redis

    assert second.sharing.has_room(["prices:B"], 1)
    second.join("prices:B")
    assert not second.sharing.has_room(["prices:C"], 1)
