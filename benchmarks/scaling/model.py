"""From clients to requests, calls and messages. Pure functions; rates are per second."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.scaling.behaviour import DEFAULTS, Behaviour, Data
from benchmarks.scaling.costs import Costs
from engine.upstream._budget import PORTION
from providers import CandleSource, discover


@dataclass(frozen=True)
class Demand:
    """What clients cause: requests, and what of them reaches the engine, its providers and its database.

    `calls_bound` is what `calls` cannot exceed, however many clients there are. `candles` are rows a day.
    """

    clients: float
    requests: float
    answers: float
    state: float
    calls: float
    calls_bound: float
    candle_calls: float
    streams: float
    messages: float
    published: float
    candles: float

    @property
    def cdn_share(self) -> float:
        """Return the share of requests that a CDN answers."""
        return 1 - (self.answers + self.state) / self.requests if self.requests else 0.0


def demand(
    clients: float, behaviour: Behaviour, edges: int = 0, most_series: int = DEFAULTS.stream_max_series
) -> Demand:
    """Return what so many clients cause, behind a CDN with so many caches, or without one.

    No more than `most_series` are streamed: `STREAM_MAX_SERIES`.
    """
    requests = clients * behaviour.per_minute / 60
    cached = [one for one in behaviour.data if one.lifetime]
    state = sum(one.share for one in behaviour.data if not one.lifetime)
    answers = sum(at_origin(one, requests * one.share, edges) for one in cached)
    fetched = [(one, refreshes(one, requests * one.share)) for one in cached]
    behind = [(one.calls / one.period, one.candles) for one in behaviour.background if clients]
    bound = sum(one.calls / one.period for one in behaviour.background)
    streams = clients * behaviour.streaming
    listened = min(behaviour.series, streams * behaviour.channels, most_series)
    return Demand(
        clients,
        requests,
        answers,
        requests * state,
        sum(rate * one.calls for one, rate in fetched) + sum(rate for rate, _ in behind),
        sum(one.calls / one.lifetime for one in cached) + bound,
        sum(rate * one.calls for one, rate in fetched if one.candles)
        + sum(rate for rate, of in behind if of),
        streams,
        streams * behaviour.channels * behaviour.pace,
        listened * behaviour.pace,
        sum(min(one.candles, 86_400 * requests * one.share) for one in cached),
    )


def refreshes(data: Data, asked: float) -> float:
    """Return how often data is fetched: once in its lifetime, and then when the next request comes."""
    return 1 / (data.lifetime + 1 / asked) if asked else 0.0


def at_origin(data: Data, asked: float, edges: int) -> float:
    """Return the requests that a CDN does not answer.

    Each of its caches asks for each address twice in a lifetime: an answer is fresh at the CDN for what is
    left of its time, and one that arrives as it ends has to be asked for again.
    """
    if not edges or not asked:
        return asked
    copies = edges * data.addresses
    return copies / (data.lifetime / 2 + copies / asked)


def candle_budget() -> float:
    """Return the calls for candles that all providers allow together, each for nine tenths of its limit."""
    kinds = [kind for kind in discover() if issubclass(kind, CandleSource)]
    return sum(PORTION * one.rate_limit.requests / one.rate_limit.period / one.candle_weight for one in kinds)


def work(demand: Demand, costs: Costs, *, shared: bool) -> tuple[float, float]:
    """Return the cores that requests and calls need, alone, and how many fewer busy workers need.

    Workers that share a Redis have its costs.
    """
    figures: Mapping[str, float] = {name: one.value for name, one in costs.figures().items()}
    kind = "shared_" if shared else ""
    rates = {"hit": demand.answers, "state": demand.state}
    alone = sum(rate * figures[f"{kind}{name}_alone"] for name, rate in rates.items())
    busy = sum(rate * figures[f"{kind}{name}_busy"] for name, rate in rates.items())
    calls = demand.calls * figures["call"]
    messages = demand.messages * figures["message"]
    written = demand.published * figures["publish"] if shared else 0.0
    fixed = (calls + messages + written) / 1e6 + figures["idle"]
    return alone / 1e6 + fixed, max(0.0, alone - busy) / 1e6


def utilisation(demand: Demand, costs: Costs, workers: int, *, shared: bool) -> float:
    """Return the share of its core that each worker uses.

    What a request costs falls in proportion, from that of one alone to that of a worker which is never idle.
    So u = (alone - saved u) / workers, and each worker reads all messages of the sequence besides.
    """
    alone, saved = work(demand, costs, shared=shared)
    reading = demand.published * costs.read_message.value / 1e6 if shared else 0.0
    return (alone + workers * reading) / (workers + saved)
