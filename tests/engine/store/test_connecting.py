"""Connections to Redis of every kind."""

from collections.abc import Iterator

import pytest
import redis
from cachelib import RedisCache

from engine.config import Settings
from engine.store import PAUSE, Store, backends
from engine.store.connecting import connect
from engine.store.counts import get_counts
from engine.store.memory import MemoryCache
from tests.clock import Clock
from tests.redis_cluster import Cluster
from tests.redis_sentinel import Watched
from tests.redis_server import Certificate, RedisServer, needs_redis
from tests.running import free_port
from tests.waiting import eventually

pytestmark = needs_redis

SECONDS = 20.0
"""Seconds that a reply may take on a busy machine."""


def settings(url: str) -> Settings:
    """Return the settings of a worker with this Redis."""
    return Settings(cache_type="redis", redis_url=url, redis_timeout_seconds=SECONDS)


def is_served(node: RedisServer) -> bool:
    """Return whether a node says that its cluster works."""
    with node.client() as client:
        return bool(client.execute_command("CLUSTER INFO")["cluster_state"] == "ok")


def use_everything(url: str) -> None:
    """Use whatever the engine has in Redis."""
    chosen = settings(url)
    store, counts = backends.kept(chosen), backends.counts(chosen)
    sequence, places = backends.sequence(chosen, 1000), backends.places(chosen)
    assert sequence is not None
    assert places is not None
    store.set("circuit:a", 1, 60)
    places.beat()

    assert store.get("circuit:a", int) == 1
    assert store.get_many(["circuit:a", "statistics:b"], int) == [1, None]
    assert store.increment("count") == 1
    assert not store.is_degraded
    assert counts.incr("{budget}/a", 60) == 1
    assert get_counts(counts, ["{budget}/a", "{budget}/b"]) == [1, 0]
    assert counts.check()
    assert sequence.elect(["prices:BTC"]).leads
    assert sequence.load() is None
    assert places.take("owner", 1)
    assert not places.take("owner", 1)
    sequence.close()
    places.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for the servers of this module."""
    return Certificate.made(tmp_path_factory.mktemp("certificate"))


class TestTls:
    """`rediss://`."""

    @pytest.fixture
    def secure(self, certificate: Certificate) -> Iterator[RedisServer]:
        """Yield a Redis with that certificate."""
        with RedisServer(certificate) as server:
            yield server

    def test_everything_works_over_tls(self, secure: RedisServer) -> None:
        """Values, counts and streams are the same over TLS."""
        use_everything(secure.url)

    @pytest.mark.parametrize(
        ("said", "instead"),
        [("ssl_ca_certs", "ssl_ca_path"), ("127.0.0.1", "localhost")],
        ids=["unknown authority", "another host"],
    )
    def test_a_certificate_is_checked(self, secure: RedisServer, said: str, instead: str) -> None:
        """A known authority must have signed it, for the host in the address."""
        with (
            connect(secure.url.replace(said, instead), SECONDS) as client,
            pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            client.ping()


class TestSentinel:
    """`redis+sentinel://`."""

    def test_everything_works_over_sentinel(self, certificate: Certificate) -> None:
        """The sentinels say where the master is, over TLS and with a password of Redis alone."""
        with Watched(certificate, "secret") as watched:
            use_everything(watched.url)


class TestCluster:
    """`redis+cluster://`."""

    def test_everything_works_in_a_cluster(self, certificate: Certificate) -> None:
        """What is read together is in one slot, here over TLS and with a password."""
        with Cluster(certificate, "secret") as cluster:
            use_everything(cluster.url)

            assert len({node.port for node in cluster.keys("*").values()}) > 1

    def test_a_cluster_is_found_when_it_is_there(self) -> None:
        """A worker starts without its cluster, and finds it later, also after all nodes were lost."""
        clock = Clock()
        server = RedisServer(cluster_enabled="yes", cluster_port=str(free_port()))
        client = connect(server.url.replace("redis://", "redis+cluster://"), SECONDS)
        store = Store(MemoryCache(), RedisCache(client, key_prefix="test:"), clock=clock)
        store.set("a", 1, 60)
        assert store.is_degraded

        with server:
            with server.client() as direct:
                direct.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16_383)
            for _ in range(2):
                eventually(lambda: is_served(server))
                clock.advance(PAUSE)
                store.set("a", 2, 60)
                assert not store.is_degraded
                server.kill()
                assert store.get("a", int) == 2
                assert store.is_degraded
                server.start()
        client.close()
