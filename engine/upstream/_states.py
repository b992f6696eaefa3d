"""The state of a provider in one word, for clients and metrics."""

from collections.abc import Sequence

from engine.upstream._open_state import OpenState
from engine.upstream._statistics import Statistics
from providers import Blocked


def state_of(known: Statistics, opened: OpenState | None) -> str:
    """Return the state by what is known, and by an open circuit."""
    if opened is None:
        return known.state
    return "blocked" if opened.reason == Blocked.reason else "offline"


def combined(states: Sequence[str]) -> str:
    """Combine the states of several hosts: `degraded` where some work and others do not."""
    known = {state for state in states if state != "unknown"}
    if len(known) > 1:
        return "degraded" if "online" in known or "degraded" in known else "offline"
    return known.pop() if known else "unknown"
