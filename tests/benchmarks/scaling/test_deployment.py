"""What so many clients need, and what gives way first."""

from dataclasses import replace

import pytest

from benchmarks.scaling.behaviour import Behaviour, Data, usual
from benchmarks.scaling.deployment import (
    MOST_HOSTS,
    TARGET,
    Deployment,
    Host,
    first_to_give_way,
    loads,
    plan,
)
from benchmarks.scaling.model import demand
from benchmarks.scaling.table import ANSWERS
from engine.config.settings import Settings
from tests.benchmarks.scaling.costs import COSTS

USUAL = replace(usual(COSTS), streaming=0.1)
HOST = Host()
EDGES = 50


@pytest.mark.parametrize("clients", [1, 100, 3_000, 10_000, 100_000, 1_000_000])
def test_nothing_of_a_plan_is_too_full(clients: int) -> None:
    """Each plan keeps all parts below the target, except what no number of hosts changes."""
    built = plan(clients, USUAL, COSTS, HOST, EDGES)
    at = dict(loads(demand(clients, USUAL, built.edges, built.series), COSTS, built, HOST))
    at.pop("providers' budgets")

    assert all(share <= TARGET + 0.01 for share in at.values()), (built, at)
    assert built.workers <= built.hosts * HOST.cores


def test_plans_grow_with_clients() -> None:
    """Few clients need one worker without Redis, more need Redis and hosts, and very many a CDN in front."""
    few, more, many = (plan(clients, USUAL, COSTS, HOST, EDGES) for clients in (100, 20_000, 3_000_000))

    assert few == Deployment()
    assert more.shared
    assert (more.edges, more.redis) == (0, 1)
    assert 1 < more.workers < many.workers
    assert more.hosts <= MOST_HOSTS
    assert many.edges == EDGES


def test_more_streams_than_by_default_need_the_setting() -> None:
    """Where the processor could serve more streams than STREAM_MAX_CONNECTIONS, the plan raises it."""
    idle = Behaviour([Data(1.0, 60.0)], per_minute=0.1, streaming=1.0, pace=0.01)
    built = plan(20_000, idle, COSTS, HOST, EDGES)

    assert built.workers * built.streams_each * TARGET >= 20_000
    assert built.streams_each > Settings().stream_max_connections


@pytest.mark.parametrize(
    ("behaviour", "built", "resource"),
    [
        (replace(USUAL, streaming=0.0), Deployment(), "processor"),
        (Behaviour([Data(1.0, 60.0)], 0.01, 1.0, pace=0.001), Deployment(), "streams"),
        (
            replace(USUAL, streaming=0.0),
            Deployment(workers=2, redis=1, database_connections=7),
            "PostgreSQL's connections",
        ),
        (
            replace(USUAL, streaming=0.0),
            Deployment(workers=10_000, hosts=2_000, redis=1, database_connections=100_000),
            "Redis",
        ),
    ],
)
def test_what_gives_way_first_has_a_setting(behaviour: Behaviour, built: Deployment, resource: str) -> None:
    """The part that is full first is named, and a setting answers it."""
    found, clients = first_to_give_way(built, behaviour, COSTS, HOST)

    assert found == resource
    assert ANSWERS[found]
    assert max(loads(demand(clients, behaviour), COSTS, built, HOST).values()) >= 1
