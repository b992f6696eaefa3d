"""Metrics for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/.

Labels contain endpoints, providers, states and outcomes, and nothing that clients choose, so that their
number is bounded. Requests are counted in plain numbers. Once a second these are flushed into files in a
folder that all workers share.
"""

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, generate_latest
from prometheus_client import values as library
from prometheus_client.registry import Collector

from engine.telemetry.event_log import NOTABLE, Asked, Event, Withheld
from engine.telemetry.metrics._alerts import AlertCounts
from engine.telemetry.metrics._files_collector import FilesCollector
from engine.telemetry.metrics._folder import Folder, new_path
from engine.telemetry.metrics._histogram import BatchHistogram
from engine.telemetry.metrics._ledger import AGES, SECONDS, Ledger
from engine.telemetry.metrics._numbers import Numbers
from engine.telemetry.metrics._streams import StreamCounts
from engine.telemetry.metrics._workers_collector import WorkersCollector

__all__ = ["AlertCounts", "Folder", "Metrics", "StreamCounts", "new_path"]

PERIOD = 1.0
"""Seconds between two flushes."""
REFUSED = "429"


class Metrics:
    """Counts for one worker; reports for all workers that share `folder`, or for itself without one."""

    def __init__(self, folder: str | None, timer: Callable[[], float] = time.monotonic) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._timer = timer
        self._flushed_at = timer()
        self._lock = threading.Lock()
        self._local = local = CollectorRegistry()
        self._all = CollectorRegistry()
        self._folder = None if folder is None else Path(folder)
        self._numbers = None if self._folder is None else Numbers(self._folder, timer)
        if self._folder is not None:
            self._all.register(FilesCollector(self._folder))
        library.ValueClass = self._numbers or library.MutexValue
        self._ledger = Ledger()
        self.note = self._ledger.note
        """Count a request: endpoint, status, seconds, and the outcome and age of the data, if any."""

        endpoint, provider = ["endpoint"], ["provider"]
        self._requests = Counter(
            "engine_requests", "Requests answered", ["endpoint", "status"], registry=local
        )
        self._seconds = BatchHistogram(
            "engine_request_seconds",
            "Time until an answer is ready",
            endpoint,
            buckets=SECONDS,
            registry=local,
        )
        self._outcomes = Counter(
            "engine_cache",
            "Answers by cache outcome: hit, stale or miss",
            ["endpoint", "outcome"],
            registry=local,
        )
        self._ages = BatchHistogram(
            "engine_data_age_seconds", "Age of the data served", endpoint, buckets=AGES, registry=local
        )
        self._refusals = Counter(
            "engine_quota_refusals", "Requests over their client's quota", endpoint, registry=local
        )
        self._calls = Counter(
            "engine_provider_calls", "Calls to providers by outcome", ["provider", "outcome"], registry=local
        )
        self._call_seconds = BatchHistogram(
            "engine_provider_call_seconds",
            "Duration of calls to providers",
            provider,
            buckets=SECONDS,
            registry=local,
        )
        self._withheld = Counter(
            "engine_provider_calls_withheld",
            "Calls not made because a budget is spent",
            provider,
            registry=local,
        )
        self._events = Counter("engine_events", "Notable events", ["event"], registry=local)
        self._workers = Gauge(
            "engine_workers", "Serving workers", registry=local, multiprocess_mode="livesum"
        )
        self.alerts = AlertCounts(local)
        self.streams = StreamCounts(local)

    def begin(self, providers: Iterable[str], collector: Collector) -> None:
        """Register `collector`, and report 0 for what has not happened yet: rates need a first value."""
        workers = WorkersCollector(self._folder)
        for registry in (self._local, self._all):
            registry.register(collector)
            registry.register(workers)
        self._workers.set(1)
        for provider in providers:
            self._calls.labels(provider, "ok")
            self._withheld.labels(provider)
        for event in NOTABLE:
            self._events.labels(event.__name__)

    def count(self, event: Event) -> None:
        """Count an event."""
        match event:
            case Asked(provider=str(provider), outcome=outcome, seconds=seconds):
                self._calls.labels(provider, outcome).inc()
                self._call_seconds.labels(provider).observe(seconds)
            case Withheld(provider=str(provider)):
                self._withheld.labels(provider).inc()
            case _:
                self._events.labels(event.kind).inc()

    def beat(self) -> None:
        """Flush, if the last flush was more than a second ago."""
        if self._timer() - self._flushed_at >= PERIOD:
            self.flush()

    def flush(self) -> None:
        """Publish this worker's counts to the other workers."""
        with self._lock:
            self._flushed_at = self._timer()
            for (endpoint, status, outcome, duration, class_of_age), sums in self._ledger.take().items():
                count, seconds, age = sums
                self._requests.labels(endpoint, status).inc(count)
                self._seconds.labels(endpoint).add(duration, count, seconds)
                if outcome:
                    self._outcomes.labels(endpoint, outcome).inc(count)
                    self._ages.labels(endpoint).add(class_of_age, count, age)
                if status == REFUSED:
                    self._refusals.labels(endpoint).inc(count)

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus's text format; while files are unavailable, this worker's."""
        self.flush()
        if self._numbers is None:
            return generate_latest(self._local)
        self._numbers.try_again()
        return generate_latest(self._all if self._numbers.shared else self._local)
