"""Callers are networks of addresses as they arrive, and hashes that reveal none."""

import pytest
import redis
from cachelib import RedisCache

from engine.config.tiers import Tiers, usual
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.web.access.callers import Callers, network
from engine.web.access.counters import site
from engine.web.access.keys import Keys
from tests.clock import Clock
from tests.redis_server import needs_redis

TIERS = Tiers(usual(60), 60)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:5050", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::2"),
        ("[2001:db8::1]:443", "2001:db8::"),
        ("fe80::1%eth0", "fe80::2"),
        ("unknown", "_hidden"),
        ("", "192.0.2.256"),
    ],
)
def test_ways_to_write_one_client(text: str, same: str) -> None:
    """Ports, zones and brackets around an address mean the same client."""
    assert network(text) == network(same)


def test_other_clients_are_others() -> None:
    """Each IPv4 address and each IPv6 network of /64 is another client."""
    some = ["192.0.2.1", "192.0.2.2", "2001:db8::", "2001:db8:0:1::", "nonsense"]

    assert len({network(text) for text in some}) == len(some)


def test_a_bucket_is_known_to_its_own_process_only() -> None:
    """Without a shared store, each process hashes an address to another bucket."""
    buckets = {
        Callers(Keys(None), Store(MemoryCache()), TIERS).by_address({"REMOTE_ADDR": "192.0.2.1"}).bucket
        for _ in range(9)
    }

    assert len(buckets) == 9
    assert not any("192" in bucket for bucket in buckets if len(bucket) != 24)


def test_a_network_of_ipv6_names_its_site() -> None:
    """The bucket of an IPv6 network names its site of /48, so that a crowded site can share one counter."""
    callers = Callers(Keys(None), Store(MemoryCache()), TIERS)
    texts = ["2001:db8:7:1::1", "2001:db8:7:2::1", "2001:db8:8:1::1"]
    one, two, elsewhere = (callers.by_address({"REMOTE_ADDR": text}).bucket for text in texts)

    assert one != two
    assert site(f"engine/{one}/prices") == site(f"engine/{two}/prices")
    assert site(f"engine/{one}/prices") != site(f"engine/{elsewhere}/prices")
    assert site(f"engine/{one}/prices").endswith("/prices")
    for text in ("192.0.2.1", "::ffff:192.0.2.1", "nonsense"):
        bucket = callers.by_address({"REMOTE_ADDR": text}).bucket
        assert site(f"engine/{bucket}/prices") == f"engine/{bucket}/prices"


@needs_redis
def test_workers_with_one_store_share_buckets(connection: "redis.Redis") -> None:
    """Workers with a common store hash alike, and agree on a new secret a day later."""
    shared, clock = RedisCache(connection), Clock()
    workers = [Callers(Keys(None), Store(MemoryCache(), shared), TIERS, clock) for _ in range(3)]

    def buckets() -> set[str]:
        return {worker.by_address({"REMOTE_ADDR": "192.0.2.1"}).bucket for worker in workers}

    before = buckets()
    connection.flushall()
    clock.advance(61)
    assert len(before) == len(buckets()) == 1
