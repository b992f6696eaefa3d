"""What is counted, for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/.

No label has anything of a client's in it: endpoints, providers, states and outcomes are all there is, so
that their number is bounded. Requests are counted in plain numbers and put together once a second, with those
of the other workers in files of a folder that all of them share.
"""

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, generate_latest
from prometheus_client import values as library
from prometheus_client.registry import Collector

from engine.telemetry.event_log import NOTABLE, Asked, Event, Withheld
from engine.telemetry.metrics._files_collector import FilesCollector
from engine.telemetry.metrics._folder import Folder, new_path
from engine.telemetry.metrics._histogram import BatchHistogram
from engine.telemetry.metrics._ledger import AGES, SECONDS, Ledger
from engine.telemetry.metrics._numbers import Numbers

__all__ = ["Folder", "Metrics", "new_path"]

PERIOD = 1.0
"""Seconds after which the other workers know what this one has counted."""
REFUSED = "429"


class Metrics:
    """Counts for one worker, and tells for all that share `folder`; without one, for itself."""

    def __init__(self, folder: str | None, timer: Callable[[], float] = time.monotonic) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._timer = timer
        self._flushed_at = timer()
        self._lock = threading.Lock()
        self._own = own = CollectorRegistry()
        self._all = CollectorRegistry()
        self._numbers = None if folder is None else Numbers(Path(folder), timer)
        if folder is not None:
            self._all.register(FilesCollector(Path(folder)))
        library.ValueClass = self._numbers or library.MutexValue
        self._ledger = Ledger()
        self.note = self._ledger.note
        """Count a request: endpoint, status, seconds, and the outcome and age of the data, if any."""

        endpoint, provider = ["endpoint"], ["provider"]
        self._requests = Counter("engine_requests", "Requests answered", ["endpoint", "status"], registry=own)
        self._seconds = BatchHistogram(
            "engine_request_seconds", "Until an answer is ready", endpoint, buckets=SECONDS, registry=own
        )
        self._outcomes = Counter(
            "engine_cache", "Data served: hit, stale or miss", ["endpoint", "outcome"], registry=own
        )
        self._ages = BatchHistogram(
            "engine_data_age_seconds", "How old what was served was", endpoint, buckets=AGES, registry=own
        )
        self._refusals = Counter(
            "engine_quota_refusals", "Requests over their client's quota", endpoint, registry=own
        )
        self._calls = Counter(
            "engine_provider_calls", "Calls by how they ended", ["provider", "outcome"], registry=own
        )
        self._call_seconds = BatchHistogram(
            "engine_provider_call_seconds", "How long calls took", provider, buckets=SECONDS, registry=own
        )
        self._withheld = Counter(
            "engine_provider_calls_withheld", "Calls not made to keep a budget", provider, registry=own
        )
        self._events = Counter("engine_events", "Notable events", ["event"], registry=own)
        self._workers = Gauge(
            "engine_workers", "Workers that serve", registry=own, multiprocess_mode="livesum"
        )

    def begin(self, providers: Iterable[str], collector: Collector) -> None:
        """Tell `collector` as well, and zero of what has not happened yet: rates need a first value."""
        for registry in (self._own, self._all):
            registry.register(collector)
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
        """Put together what was counted, if a second has passed."""
        if self._timer() - self._flushed_at >= PERIOD:
            self.flush()

    def flush(self) -> None:
        """Let the other workers know what this one has counted."""
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
        """Everything, in Prometheus's own text; what this worker knows alone where files cannot be had."""
        self.flush()
        if self._numbers is None:
            return generate_latest(self._own)
        self._numbers.try_again()
        return generate_latest(self._all if self._numbers.shared else self._own)
