"""Metrics of this worker's streams. Workers are added up."""

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from engine.streaming.service import Streaming


class StreamCollector(Collector):
    """Reads the state of `streaming`."""

    def __init__(self, streaming: Streaming) -> None:
        self._streaming = streaming

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield the metric families as they are now."""
        clients = GaugeMetricFamily("engine_streams", "Streams of clients that are open")
        clients.add_metric([], len(self._streaming.clients))
        series = GaugeMetricFamily("engine_stream_series", "Series and prices that clients listen to")
        series.add_metric([], self._streaming.series)
        venues = GaugeMetricFamily(
            "engine_stream_connections", "Open WebSockets to a venue", labels=["venue"]
        )
        for venue, count in self._streaming.venues.open.items():
            venues.add_metric([venue], count)
        return (clients, series, venues)
