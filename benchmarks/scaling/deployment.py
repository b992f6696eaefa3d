"""From what clients cause to workers, hosts and Redis: what is needed, and what gives way first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from benchmarks.scaling.behaviour import DEFAULTS, Behaviour
from benchmarks.scaling.costs import Costs
from benchmarks.scaling.model import Demand, candle_budget, demand, utilisation
from engine.history.threads import THREADS

TARGET = 0.7
"""How full anything may be: where the Helm chart's autoscaler adds pods."""
MOST_HOSTS = 10
"""Hosts before a CDN is put in front: the most pods of the Helm chart's autoscaler."""
MOST_CLIENTS = 1e12

Resource = Literal[
    "processor", "streams", "memory", "network", "Redis", "PostgreSQL's connections", "providers' budgets"
]


@dataclass(frozen=True)
class Host:
    """The hosts that are assumed: cores like the measured ones, gigabytes, and gigabits a second."""

    cores: int = 8
    gigabytes: float = 16.0
    gigabits: float = 10.0


@dataclass(frozen=True)
class Deployment:
    """What runs. Without Redis (`redis` = 0) there is one worker, and its history is a SQLite file.

    `redis` counts nodes, of which one has the sequence of streams. `streams_each` is
    `STREAM_MAX_CONNECTIONS`, and `series` is `STREAM_MAX_SERIES`. `edges` is how many caches a CDN has, 0
    without one.
    """

    workers: int = 1
    hosts: int = 1
    redis: int = 0
    streams_each: int = DEFAULTS.stream_max_connections
    series: int = DEFAULTS.stream_max_series
    database_connections: int = 100
    edges: int = 0

    @property
    def shared(self) -> bool:
        """Return whether workers share a Redis."""
        return self.redis > 0


def loads(wanted: Demand, costs: Costs, built: Deployment, host: Host) -> Mapping[Resource, float]:
    """Return how full each part of a deployment is; 1 is the end."""
    of_database = built.workers * 2 * THREADS / built.database_connections if built.shared else 0
    return {
        "processor": utilisation(wanted, costs, built.workers, shared=built.shared),
        "streams": wanted.streams / (built.workers * built.streams_each),
        "memory": _gigabytes(wanted, costs, built) / (built.hosts * host.gigabytes),
        "network": gigabits(wanted, costs) / (built.hosts * host.gigabits),
        "Redis": sum(redis_cores(wanted, costs, built))
        if built.redis == 1
        else _busiest(wanted, costs, built),
        "PostgreSQL's connections": of_database,
        "providers' budgets": wanted.candle_calls / candle_budget(),
    }


def redis_cores(wanted: Demand, costs: Costs, built: Deployment) -> tuple[float, float]:
    """Return the cores of Redis that requests need, and those of the messages that every worker reads."""
    if not built.shared:
        return 0.0, 0.0
    requests = wanted.answers * costs.redis_hit.value + wanted.state * costs.redis_state.value
    a_message = costs.redis_append.value + built.workers * costs.redis_message.value
    messages = wanted.published * a_message
    return requests / 1e6, messages / 1e6


def _busiest(wanted: Demand, costs: Costs, built: Deployment) -> float:
    """Return the load of the fullest node of a cluster: the one with the streams, or one of the others."""
    requests, messages = redis_cores(wanted, costs, built)
    return max(messages, requests / (built.redis - 1)) if built.redis else 0.0


def _gigabytes(wanted: Demand, costs: Costs, built: Deployment) -> float:
    """Return the memory of all workers with what they may keep and their streams."""
    more = (built.workers - built.hosts) * costs.worker_megabytes.value
    kept = built.workers * DEFAULTS.cache_max_bytes / 2**20
    streams = wanted.streams * costs.stream_kilobytes.value / 1024
    return (built.hosts * costs.megabytes.value + more + kept + streams) / 1024


def gigabits(wanted: Demand, costs: Costs) -> float:
    """Return what clients and a CDN are sent in a second."""
    answers = (wanted.answers + wanted.state) * costs.hit_bytes.value
    return (answers + wanted.messages * costs.message_bytes.value) * 8 / 1e9


def plan(clients: float, behaviour: Behaviour, costs: Costs, host: Host, edges: int) -> Deployment:
    """Return the smallest deployment for so many clients: one worker, many with Redis, those behind a CDN."""
    alone = Deployment()
    if max(loads(demand(clients, behaviour), costs, alone, host).values()) <= TARGET:
        return alone
    direct = _shared(demand(clients, behaviour), costs, host, behaviour.pace, Deployment(redis=1))
    if direct.hosts <= MOST_HOSTS and direct.redis == 1:
        return direct
    return _shared(
        demand(clients, behaviour, edges), costs, host, behaviour.pace, Deployment(redis=1, edges=edges)
    )


def _shared(wanted: Demand, costs: Costs, host: Host, pace: float, built: Deployment) -> Deployment:
    """Return enough workers for the processor, enough of everything else, and series that Redis bears."""
    workers = 1
    while utilisation(wanted, costs, workers, shared=True) > TARGET:
        workers = max(workers + 1, ceil(workers * 1.01))
    full = wanted.streams / (workers * TARGET)
    built = replace(built, workers=workers, streams_each=max(built.streams_each, _round(full)))
    requests, messages = redis_cores(wanted, costs, built)
    if messages > TARGET:  # one node has the sequence, and no number of nodes changes that
        fewer = wanted.published * TARGET / messages
        built = replace(built, series=int(fewer / pace))
        wanted, messages = replace(wanted, published=built.series * pace), TARGET
    nodes = 1 if requests + messages <= TARGET else 1 + max(1, ceil(requests / TARGET))
    memory, network = (
        _gigabytes(wanted, costs, built) / host.gigabytes,
        gigabits(wanted, costs) / host.gigabits,
    )
    hosts = max(ceil(workers / host.cores), ceil(memory / TARGET), ceil(network / TARGET))
    connections = ceil(workers * 2 * THREADS / TARGET)
    return replace(built, hosts=hosts, redis=nodes, database_connections=max(100, connections))


def _round(count: float) -> int:
    """Round up to a thousand, as people write settings."""
    return ceil(count / 1000) * 1000


def first_to_give_way(
    built: Deployment, behaviour: Behaviour, costs: Costs, host: Host
) -> tuple[Resource, float]:
    """Return what of a deployment is full first as clients become more, and at how many."""

    def fullest(clients: float) -> tuple[float, Resource]:
        at = loads(demand(clients, behaviour, built.edges, built.series), costs, built, host)
        return max((share, resource) for resource, share in at.items())

    low, high = 0.0, MOST_CLIENTS
    while high - low > 0.001 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if fullest(middle)[0] >= 1 else (middle, high)
    return fullest(high)[1], high
