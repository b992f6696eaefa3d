"""Metrics of alert rules. Outcomes are the only labels, so that clients cannot add series."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

LAGS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""Upper bounds of the buckets of lags, in seconds."""
OUTCOMES = ("delivered", "retried", "failed", "gone")


class AlertCounts:
    """The metrics of one worker. The evaluator sets the gauges; all other processes report 0."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._evaluations = Counter(
            "engine_alert_evaluations", "Evaluations of alert rules", registry=registry
        )
        self._firings = Counter(
            "engine_alert_firings", "Times that rules queued alerts or notices", registry=registry
        )
        self._lag = Histogram(
            "engine_alert_lag_seconds",
            "Time from a message of a stream until its alert rules are evaluated",
            buckets=LAGS,
            registry=registry,
        )
        self._deliveries = Counter(
            "engine_alert_deliveries", "Attempts to deliver an alert", ["outcome"], registry=registry
        )
        for outcome in OUTCOMES:
            self._deliveries.labels(outcome)
        self._rules = self._gauge("engine_alert_rules", "Alert rules that are evaluated", registry)
        self._waiting = self._gauge("engine_alert_outbox", "Pending deliveries", registry)
        self._age = self._gauge(
            "engine_alert_outbox_age_seconds", "Age of the oldest delivery without an attempt", registry
        )

    def evaluated(self, rules: int, lag: float) -> None:
        """Count evaluations, which ended `lag` seconds after their oldest message."""
        self._evaluations.inc(rules)
        self._lag.observe(lag)

    def fired(self) -> None:
        """Count a rule that queued alerts or notices."""
        self._firings.inc()

    def attempted(self, outcome: str) -> None:
        """Count an attempt by its outcome, one of `OUTCOMES`."""
        self._deliveries.labels(outcome).inc()

    def hold(self, rules: int, waiting: int, age: float) -> None:
        """Set the gauges: rules, pending deliveries, and the age (seconds) of the oldest untried one."""
        self._rules.set(rules)
        self._waiting.set(waiting)
        self._age.set(age)

    def _gauge(self, name: str, meaning: str, registry: CollectorRegistry) -> Gauge:
        return Gauge(name, meaning, registry=registry, multiprocess_mode="livesum")
