"""How many streams there are. Workers that share a folder are added up."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge


class StreamCounts:
    """Counts for one worker."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._clients = Gauge(
            "engine_streams",
            "Streams of clients that are open",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._series = Gauge(
            "engine_stream_series",
            "Series and prices that are fed",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._connections = Gauge(
            "engine_stream_connections",
            "Open WebSockets to a venue",
            ["venue"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._venues: set[str] = set()

    def hold(self, clients: int, series: int, connections: Mapping[str, int]) -> None:
        """Report how many there are now."""
        self._clients.set(clients)
        self._series.set(series)
        self._venues |= connections.keys()
        for venue in self._venues:
            self._connections.labels(venue).set(connections.get(venue, 0))
