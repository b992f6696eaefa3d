"""Metrics of the catalogue, which all workers share, so that they must not be added up."""

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from engine.catalogue.current import CurrentCatalogue

STATES = ("pinned", "proved", "tentative", "refused", "ended")


class Collectors(Collector):
    """Several collectors as one."""

    def __init__(self, *collectors: Collector) -> None:
        self._collectors = collectors

    def collect(self) -> Iterator[Metric]:
        """Yield the metric families of all of them."""
        for collector in self._collectors:
            yield from collector.collect()


class CatalogueCollector(Collector):
    """Reads the state of the `current` catalogue."""

    def __init__(self, current: CurrentCatalogue) -> None:
        self._current = current

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield the metric families as they are now."""
        markets = GaugeMetricFamily(
            "engine_catalogue_markets",
            "Markets of the catalogue by how well they are known",
            labels=["state"],
        )
        for state in STATES:
            count = sum(market.state == state for market in self._current.catalogue.markets)
            markets.add_metric([state], count)
        listed = GaugeMetricFamily(
            "engine_catalogue_listing_timestamp_seconds",
            "Unix time of a venue's last accepted listing",
            labels=["venue"],
        )
        refused = GaugeMetricFamily(
            "engine_catalogue_listing_refused",
            "1 while a venue's newest listing is refused and an older one is kept",
            labels=["venue"],
        )
        priced = GaugeMetricFamily(
            "engine_catalogue_prices_timestamp_seconds",
            "Unix time of a venue's last tickers, which also give its volumes",
            labels=["venue"],
        )
        for venue, time in self._current.state.looked.items():
            priced.add_metric([venue], time)
        for venue, listing in self._current.state.listings.items():
            listed.add_metric([venue], listing.time)
            refused.add_metric([venue], float(venue in self._current.state.refusals))
        return (markets, listed, refused, priced)
