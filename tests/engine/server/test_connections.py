"""Which connection of a worker ends when there are too many, and what the others may request."""

import logging
import resource
from types import SimpleNamespace
from typing import Any

import pytest

from engine.config import Settings
from engine.server._connections import RESERVED_FILES, SPARE, Connections, bounds, limit_streams, shared

HERE = ("192.0.2.1", 1)
THERE = ("192.0.2.2", 1)


class Ended(list[str]):
    """The names of the connections that were ended, in their order."""

    def __call__(self, name: str) -> bool:
        """End a connection. Those in capitals have just received a request and refuse."""
        if name.isupper():
            return False
        self.append(name)
        return True


@pytest.fixture
def ended() -> Ended:
    """Return an empty list of ended connections."""
    return Ended()


def test_the_longest_silent_ends_for_a_new_one(ended: Ended) -> None:
    """The connection with the longest idle time ends for a new one, and busy connections stay."""
    connections = Connections(3, 0, ended)
    for name in ("a", "b", "c"):
        connections.add(name, HERE)
    connections.mark_busy("a")
    connections.mark_idle("a")
    connections.mark_busy("b")
    for name in ("d", "e", "f"):
        connections.add(name, HERE)

    assert ended == ["c", "a", "d"]
    assert connections.extra == set()


def test_none_that_is_served_ends(ended: Ended) -> None:
    """While all connections are busy, a new one may request the health only."""
    connections = Connections(2, 0, ended)
    for name in ("a", "b"):
        connections.add(name, HERE)
        connections.mark_busy(name)
    connections.add("c", HERE)

    assert ended == []
    assert connections.admits("c", "/api/health")
    assert not connections.admits("c", "/api/prices")
    assert connections.admits("a", "/api/prices")
    connections.remove("c")
    connections.remove("a")
    connections.add("d", HERE)
    assert connections.admits("d", "/api/prices")


def test_one_with_a_request_that_just_came_stays(ended: Ended) -> None:
    """A connection whose request has just arrived stays, and the next idle one ends."""
    connections = Connections(3, 0, ended)
    for name in ("A", "B", "c", "d", "E", "F"):
        connections.add(name, HERE)

    assert ended == ["c", "d"]
    assert connections.extra == {"F"}


@pytest.mark.parametrize(("most", "most_each"), [(2, 0), (100, 2)])
def test_one_that_ended_counts_while_it_is_served(ended: Ended, most: int, most_each: int) -> None:
    """A connection is counted until its answer if its request had arrived when it was ended."""
    connections = Connections(most, most_each, ended)
    for name in ("a", "b", "c"):
        connections.add(name, HERE)
    assert ended == ["a"]
    for name in ("a", "b", "c"):
        connections.mark_busy(name)
    connections.remove("c")
    connections.add("d", HERE)
    assert connections.extra == {"d"}
    connections.remove("d")
    connections.remove("a")
    connections.add("e", HERE)

    assert connections.extra == set()


def test_one_that_ended_has_one_more_answer(ended: Ended) -> None:
    """A connection that was ended stays so when a request has arrived, however fast its client is."""
    connections = Connections(1, 0, ended)
    for name in ("a", "b"):
        connections.add(name, HERE)
    for name in ("a", "b"):
        connections.mark_busy(name)

    assert connections.ending == {"a"}
    connections.remove("a")
    assert connections.ending == set()


@pytest.mark.parametrize(("most", "most_each"), [(2, 0), (100, 2)])
def test_one_beyond_the_limit_makes_no_room(ended: Ended, most: int, most_each: int) -> None:
    """A connection beyond the limit is closed for the next one, which is beyond the limit as well."""
    connections = Connections(most, most_each, ended)
    for name in ("a", "b"):
        connections.add(name, HERE)
        connections.mark_busy(name)
    connections.add("c", HERE)
    connections.add("d", HERE)
    connections.mark_busy("c")

    assert ended == ["c"]
    assert connections.extra == {"c", "d"}
    connections.remove("a")
    connections.add("e", HERE)
    assert connections.admits("e", "/api/prices")
    assert ended == ["c"], "a place is free"


def test_an_address_ends_its_own(ended: Ended) -> None:
    """An address at its limit loses its own idle connection, and all of a /64 count as one address."""
    connections = Connections(100, 2, ended)
    connections.add("other", THERE)
    connections.add("six", ("2001:db8::1", 1, 0, 0))
    for name in ("a", "b", "c"):
        connections.add(name, HERE)
    for name in ("seven", "eight"):
        connections.add(name, (f"2001:db8::{name == 'seven':d}", 1, 0, 0))

    assert ended == ["a", "six"]


def test_an_address_that_is_served_everywhere_has_health(ended: Ended) -> None:
    """While all connections of an address are busy, its further ones may request the health only."""
    connections = Connections(100, 2, ended)
    for name in ("a", "b", "c"):
        connections.add(name, HERE)
        connections.mark_busy(name)
    connections.add("other", THERE)

    assert ended == []
    assert connections.extra == {"c"}
    assert connections.admits("other", "/api/prices")


def test_nothing_is_kept_of_what_has_ended(ended: Ended) -> None:
    """No data of a connection stays after it has left or was ended."""
    connections = Connections(2, 1, ended)
    for turn in range(1000):
        connections.add(f"{turn}", (f"192.0.2.{turn % 200}", 1))
    for turn in range(1000):
        connections.remove(f"{turn}")

    assert len(ended) == 998
    kept = {name: value for name, value in vars(connections).items() if isinstance(value, dict | set)}
    assert kept
    assert not any(kept.values())


def test_a_unix_socket_has_no_address(ended: Ended) -> None:
    """Connections over a Unix socket have no address, and only their total counts."""
    connections = Connections(100, 1, ended)
    for name in ("a", "b", "c"):
        connections.add(name, "")

    assert ended == []


def test_a_proxy_may_have_all_connections() -> None:
    """Behind a proxy an address has no limit, as with 0, and open files limit the total."""
    assert bounds(10, Settings()) == (10, 1024)
    assert bounds(10, Settings(connections_per_address=0)) == (10, 0)
    assert bounds(10, Settings(trusted_proxy_hops=1)) == (10, 0)
    most, _ = bounds(1 << 40, Settings())
    assert most < (1 << 40) - RESERVED_FILES - SPARE


@pytest.mark.parametrize(
    ("files", "connections", "streams"),
    [(10_000, 4_000, 4_000), (5_512, 2_500, 2_500), (1_024, 256, 256), (100, 1, 1)],
)
def test_connections_and_streams_share_the_open_files(
    files: int, connections: int, streams: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are lowered where the system allows too few."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))

    assert shared(4_000, 4_000) == (connections, streams)
    assert shared(4_000, 0) == (max(2, min(4_000, files - RESERVED_FILES - SPARE)), 0)


def test_a_lowered_limit_of_streams_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Otherwise the streams would end at a number that no setting names."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 1_024))
    clients = SimpleNamespace(most=4_000)
    services: Any = SimpleNamespace(settings=Settings(), streaming=SimpleNamespace(clients=clients))
    with caplog.at_level(logging.WARNING):
        limit_streams(services, 4_000)

    assert clients.most == 256
    assert caplog.messages == [
        "at most 256 streams instead of STREAM_MAX_CONNECTIONS=4000: too few open files are allowed"
    ]
