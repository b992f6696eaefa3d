"""The tables of docs/scaling.md, as Markdown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.scaling.behaviour import Behaviour
from benchmarks.scaling.costs import Costs
from benchmarks.scaling.deployment import (
    Deployment,
    Host,
    Resource,
    first_to_give_way,
    gigabits,
    loads,
    plan,
    redis_cores,
)
from benchmarks.scaling.model import Demand, demand

CLIENTS = (100, 10_000, 1_000_000)
EDGES = 50
"""Caches of the assumed CDN."""
ANSWERS: dict[Resource, str] = {
    "processor": "`WORKERS` with `CACHE_TYPE=redis`; on more hosts the chart's `autoscaling.max`",
    "streams": "`STREAM_MAX_CONNECTIONS`, or `WORKERS` with `CACHE_TYPE=redis`",
    "memory": "`resources.limits.memory` of the chart, `CACHE_MAX_BYTES`",
    "network": "`replicas` of the chart, on more hosts",
    "Redis": "`STREAM_MAX_SERIES` for messages; a CDN, or `REDIS_URL=redis+cluster://…`, for requests",
    "PostgreSQL's connections": "`max_connections` of PostgreSQL; `HISTORY_ENABLED`, `ALERTS_ENABLED`",
    "providers' budgets": "`CACHE_TTL_OHLCV`, keys of providers, `PROVIDERS_CANDLES`",
}
"""Which setting answers when a part of a deployment is full."""


@dataclass(frozen=True)
class Step:
    """A number of clients with what they cause, what serves them, and what of it gives way first."""

    wanted: Demand
    built: Deployment
    fullest: tuple[Resource, float]
    gives_way: Resource
    until: float


def steps(behaviour: Behaviour, costs: Costs, host: Host, clients: Sequence[int] = CLIENTS) -> list[Step]:
    """Return a step for each number of clients."""
    return [_step(count, behaviour, costs, host) for count in clients]


def _step(count: int, behaviour: Behaviour, costs: Costs, host: Host) -> Step:
    built = plan(count, behaviour, costs, host, EDGES)
    wanted = demand(count, behaviour, built.edges, built.series)
    at = loads(wanted, costs, built, host)
    fullest = max(at, key=lambda resource: at[resource])
    return Step(wanted, built, (fullest, at[fullest]), *first_to_give_way(built, behaviour, costs, host))


def sizes(found: Sequence[Step], costs: Costs, host: Host) -> str:
    """Return the table of what each number of clients needs."""
    rows: list[tuple[str, Callable[[Step], str]]] = [
        ("requests a second", lambda one: number(one.wanted.requests)),
        ("share of the CDN", lambda one: f"{one.wanted.cdn_share:.1%}" if one.built.edges else "no CDN"),
        ("requests that reach the engine", lambda one: number(one.wanted.answers + one.wanted.state)),
        ("open streams; messages a second", lambda one: _pair(one.wanted.streams, one.wanted.messages)),
        ("workers", lambda one: number(one.built.workers)),
        (f"hosts of {host.cores} cores", lambda one: number(one.built.hosts)),
        ("`STREAM_MAX_CONNECTIONS`", lambda one: number(one.built.streams_each)),
        ("`STREAM_MAX_SERIES`", lambda one: number(one.built.series)),
        ("sent, Gbit/s", lambda one: f"{gigabits(one.wanted, costs):.3g}"),
        ("Redis", lambda one: _redis(one, costs)),
        ("PostgreSQL", _postgres),
        ("candles kept a day", lambda one: _kept(one.wanted.candles, costs)),
        ("calls upstream a minute", lambda one: number(one.wanted.calls * 60)),
        ("at most, with any number of clients", lambda one: number(one.wanted.calls_bound * 60)),
        ("fullest part", lambda one: f"{one.fullest[0]}, {one.fullest[1]:.0%}"),
        ("gives way first", lambda one: f"{one.gives_way}, at {number(one.until)} clients"),
        ("what answers", lambda one: ANSWERS[one.gives_way]),
    ]
    titles = ["", *(f"{number(one.wanted.clients)} clients" for one in found)]
    return _table(titles, ([title, *(tell(one) for one in found)] for title, tell in rows))


def cost_table(costs: Costs) -> str:
    """Return the table of the measured costs."""
    rows = (
        [f"`{name}`", f"{one.value:,.6g} {one.unit}".replace(",", " "), one.measured_by]
        for name, one in costs.figures().items()
    )
    return _table(["cost", costs.machine, "measured by"], rows)


def number(value: float) -> str:
    """Return a number with three significant digits, and spaces between thousands."""
    digits = len(f"{value:.0f}")
    rounded = round(value, max(0, 2 - digits + 1) if value < 100 else min(0, 3 - digits))
    return f"{rounded:,.10g}".replace(",", " ")


def _pair(one: float, other: float) -> str:
    return f"{number(one)}; {number(other)}"


def _redis(step: Step, costs: Costs) -> str:
    if not step.built.shared:
        return "none"
    requests, messages = redis_cores(step.wanted, costs, step.built)
    nodes = f"{step.built.redis} node{'s' if step.built.redis > 1 else ''}"
    return f"{nodes}; requests {requests:.2g} cores, streams {messages:.2g}"


def _postgres(step: Step) -> str:
    if not step.built.shared:
        return "none (SQLite)"
    return f"`max_connections` {step.built.database_connections}"


def _kept(candles: float, costs: Costs) -> str:
    return f"{number(candles)} ({candles * costs.candle_bytes.value / 1e6:.1g} MB)"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
