"""Derive alerts from the states of providers and from the last events. Pure functions."""

from collections.abc import Iterable, Sequence

import msgspec

from engine.telemetry.event_log import BudgetSpent, Event, StaleKept
from engine.upstream import Upstream
from providers import Provider

STALE_SECONDS = 60.0
"""Seconds after a failed refresh for which its data counts as stale."""
SEVERITY = ("error", "warning", "info")
LEVELS = {"offline": "error", "blocked": "warning", "degraded": "info"}
WORDS = {
    "offline": "{} is offline",
    "blocked": "{} refuses this host's region",
    "degraded": "{} fails intermittently",
}


class Alert(msgspec.Struct, frozen=True):
    """A problem since `time` (Unix seconds). The same problem keeps its `id`."""

    id: str
    level: str
    message: str
    time: float
    resolved: bool = False


def alerts(
    upstreams: Iterable[Upstream[Provider]], events: Sequence[Event], lost_for: float | None, now: float
) -> list[Alert]:
    """Return alerts, the most severe first.

    `events` are the last ones, the newest first. Redis is lost for `lost_for` seconds, `None` if it works.
    """
    found = [alert for upstream in upstreams for alert in _of_provider(upstream, now)]
    spent = {event.provider: event for event in reversed(events) if isinstance(event, BudgetSpent)}
    found += [
        Alert(f"{name}:budget", "warning", event.message, event.time)
        for name, event in spent.items()
        if event.until > now
    ]
    stale = [event for event in events if isinstance(event, StaleKept) and now - event.time < STALE_SECONDS]
    found += [
        Alert(f"{event.endpoint}:stale", "warning", f"{event.endpoint} serves stale data", event.time)
        for event in {event.endpoint: event for event in stale}.values()
    ]
    if lost_for is not None:
        message = "Redis is lost, each worker uses its memory"
        found.append(Alert("redis", "error", message, now - lost_for))
    return sorted(found, key=lambda alert: (SEVERITY.index(alert.level), alert.id))


def _of_provider(upstream: Upstream[Provider], now: float) -> list[Alert]:
    seen = upstream.snapshot
    state, failed = seen.state, seen.statistics.failed
    if state not in LEVELS:
        return []
    reason = f": {failed.reason}" if failed else ""
    message = WORDS[state].format(upstream.name) + reason
    since = failed.time if failed else now
    return [Alert(f"{upstream.name}:{state}", LEVELS[state], message, since)]
