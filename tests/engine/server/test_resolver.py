"""A name server that hangs affects only the callers of its names."""

import _socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from socket import gaierror

import gevent
import pytest
from gevent.threadpool import ThreadPool

from engine.server.resolver import KEPT, MOST_NAMES, PATIENCE, Found, Resolver
from tests.clock import Clock

ADDRESS: Found = [(2, 1, 6, "", ("192.0.2.1", 80))]
WAIT = 10


class Names:
    """Name servers: names ending in `hangs` wait for `released`, and those ending in `none` are unknown."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.released = threading.Event()

    def __call__(self, host: str, *question: object) -> Found:
        """Return an address, or fail."""
        self.asked[host] += 1
        if host.endswith("hangs"):
            self.released.wait(WAIT)
        if host.endswith("none"):
            raise gaierror(_socket.EAI_NONAME, "unknown")
        return ADDRESS


@pytest.fixture
def names() -> Iterator[Names]:
    """Yield name servers, and release their callers after the test."""
    names = Names()
    yield names
    names.released.set()


Make = Callable[..., Resolver]


@pytest.fixture
def make(names: Names) -> Iterator[Make]:
    """Yield a function that returns resolvers, and end their threads after the test."""
    made: list[Resolver] = []

    def make(patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic) -> Resolver:
        made.append(Resolver(lookup=names, patience=patience, clock=clock))
        return made[-1]

    yield make
    names.released.set()
    for resolver in made:
        resolver.pool.kill()


def test_a_name_that_hangs_takes_one_thread(make: Make, names: Names) -> None:
    """All callers of a name that hangs share one thread, while other names and other work continue."""
    resolver = make()
    waiting = [gevent.spawn(resolver.getaddrinfo, "a.hangs", 80) for _ in range(100)]
    gevent.sleep(0)

    assert resolver.getaddrinfo("well", 80) == ADDRESS
    assert gevent.get_hub().threadpool.apply(int, ("7",)) == 7
    assert not any(each.ready() for each in waiting)
    assert names.asked == {"a.hangs": 1, "well": 1}

    names.released.set()
    gevent.joinall(waiting, timeout=WAIT, raise_error=True)
    assert [each.value for each in waiting] == [ADDRESS] * 100
    assert names.asked["a.hangs"] == 1


def test_callers_do_not_wait_long(make: Make, names: Names) -> None:
    """A caller gets an error when its wait times out, and later callers get the result found meanwhile."""
    resolver = make(patience=0.01)
    for _ in range(3):
        with pytest.raises(gaierror) as caught:
            resolver.getaddrinfo("a.hangs", 80)
        assert caught.value.errno == _socket.EAI_AGAIN

    names.released.set()
    gevent.wait([resolver._running(("a.hangs", 80))], timeout=WAIT)
    assert resolver.getaddrinfo("a.hangs", 80) == ADDRESS
    assert names.asked["a.hangs"] == 1


def test_results_are_kept_for_a_moment(make: Make, names: Names) -> None:
    """A result is kept for half a minute, and a failure is not kept."""
    clock = Clock()
    resolver = make(clock=clock)
    for _ in range(2):
        resolver.getaddrinfo("well", 80)
        with pytest.raises(gaierror):
            resolver.getaddrinfo("none", 80)
    assert names.asked == {"well": 1, "none": 2}

    clock.advance(KEPT)
    resolver.getaddrinfo("well", 80)
    assert names.asked["well"] == 2


def test_many_names_that_hang(make: Make, names: Names) -> None:
    """Lookups beyond the limit are refused, and accepted again after those that hang have ended."""
    resolver = make()
    waiting = [gevent.spawn(resolver.getaddrinfo, f"{n}.hangs", 80) for n in range(MOST_NAMES)]
    gevent.sleep(0)
    with pytest.raises(gaierror):
        resolver.getaddrinfo("one-more.hangs", 80)

    names.released.set()
    gevent.joinall(waiting, timeout=WAIT, raise_error=True)
    for n in range(3 * MOST_NAMES):
        assert resolver.getaddrinfo(f"{n}.well", 80) == ADDRESS


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_addresses_need_no_name_server(make: Make, names: Names, host: str) -> None:
    """An address is resolved without a thread."""
    resolver = make()
    assert resolver.getaddrinfo(host, 80) == ADDRESS

    assert isinstance(resolver.pool, ThreadPool)
    assert resolver.pool.size == 0


def test_the_real_one() -> None:
    """The resolver finds this machine by its name."""
    resolver = Resolver()
    found = resolver.getaddrinfo("localhost", 80)
    resolver.pool.kill()

    assert {each[4][0] for each in found} <= {"127.0.0.1", "::1"}
    assert found
