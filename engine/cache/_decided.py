"""The decisions of the cache, as attributes of a span."""

from collections import Counter
from collections.abc import Mapping

from engine.cache.decision import Decision
from engine.telemetry import spans

NAMED = 5
"""Maximum number of keys to name: a request for prices may have hundreds."""


def described(decisions: Mapping[str, Decision]) -> dict[str, str | int]:
    """Return the decisions, as `fetch` or `serve, fetch`, with how many keys each has, and the first keys."""
    counts = Counter(decision.action.name.lower() for decision in decisions.values())
    return {
        "cache.decision": ", ".join(counts),
        **{f"cache.{name}": count for name, count in counts.items()},
        "cache.keys": ", ".join([*decisions][:NAMED]),
    }


def decided(key: str) -> None:
    """Record that a ready answer is served."""
    with spans.span("cache", {"cache.decision": "ready", "cache.keys": key}):
        """Nothing is waited for."""
