"""Metrics of the providers' states, which all workers share, so that they must not be added up."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from engine.market import Market
from engine.store import Store

STATES = ("online", "degraded", "offline", "blocked", "unknown", "disabled")


class ProviderCollector(Collector):
    """Reads the states from `market` and `store`, and leaves out what is unknown."""

    def __init__(self, market: Market, store: Store) -> None:
        self._market = market
        self._store = store

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the metric families as they are now."""
        self._market.status.look_at_budgets()
        yield from self._states()
        yield self._last_success()
        yield from self._circuits()
        lost = GaugeMetricFamily("engine_redis_lost", "1 while Redis is configured and unavailable")
        lost.add_metric([], float(self._store.is_degraded))
        yield lost

    def _states(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "engine_provider_state", "1 for the current state of a provider", labels=["provider", "state"]
        )
        for name, known in self._market.status.states().items():
            for state in STATES:
                family.add_metric([name, state], float(known == state))
        yield family

    def _last_success(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "engine_provider_last_success_timestamp_seconds",
            "Unix time of a provider's last success",
            labels=["provider"],
        )
        for upstream in self._market.upstreams:
            if (succeeded := upstream.snapshot.statistics.succeeded) is not None:
                family.add_metric([upstream.name], min(succeeded, self._market.now()))
        return family

    def _circuits(self) -> Iterator[GaugeMetricFamily]:
        circuits = GaugeMetricFamily(
            "engine_provider_circuit_open", "1 while the circuit of a provider is open", labels=["provider"]
        )
        sizes = GaugeMetricFamily(
            "engine_provider_budget",
            "Budget of a provider in its period and unit",
            labels=["provider"],
        )
        left = GaugeMetricFamily(
            "engine_provider_budget_left", "Budget of a provider left in this period", labels=["provider"]
        )
        for upstream in self._market.upstreams:
            if not upstream.enabled:
                continue
            circuits.add_metric([upstream.name], float(upstream.snapshot.open_state is not None))
            spent = upstream.budget.last_known
            if not self._store.is_degraded and spent is not None:
                sizes.add_metric([upstream.name], upstream.budget.most)
                left.add_metric([upstream.name], upstream.budget.most - spent)
        yield from (circuits, sizes, left)
