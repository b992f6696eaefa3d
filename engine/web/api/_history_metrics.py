"""Metrics of the history, which all workers share, so that they must not be added up."""

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from engine.history.archive import Archive


class HistoryCollector(Collector):
    """Reads what was counted last; it opens nothing and waits for nothing."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield the metric families as they are now."""
        sizes = self._archive.sizes
        is_well = self._archive.availability.state == "ok"
        yield GaugeMetricFamily("engine_history_usable", "1 while closed candles can be kept", float(is_well))
        if sizes is None:
            return
        numbers = {
            "candles": ("Candles in the history", sizes.candles),
            "bytes": ("Bytes of the history", sizes.bytes),
            "series": ("Series in the history", sizes.series),
            "holes": ("Ranges for which no provider had a candle", sizes.holes),
            "jobs": ("Open jobs", sizes.jobs),
        }
        for name, (meaning, value) in numbers.items():
            yield GaugeMetricFamily(f"engine_history_{name}", meaning, value)
