"""How long to wait before the next attempt at a venue: a random part of what doubles each time. Pure.

Times are in milliseconds.
"""

from engine.upstream.streams.connection import Refusal

FIRST_WAIT, LONGEST_WAIT = 500, 30_000
"""Bounds of the wait after a failure."""
SHORTEST_PENALTY, LONGEST_PENALTY = 30_000, 600_000
"""The same where a venue limits attempts, or has ended a connection for a breach of its rules."""


def wait(failures: int, refusal: Refusal | None, chance: float) -> int:
    """Return the wait after so many failures in a row, by a chance from 0 to 1."""
    doubled = 2 ** min(failures - 1, 10)
    if refusal == "rules":
        return int(min(LONGEST_PENALTY, SHORTEST_PENALTY * doubled) * (1 + chance) / 2)
    return int(min(LONGEST_WAIT, FIRST_WAIT * doubled) * chance)
