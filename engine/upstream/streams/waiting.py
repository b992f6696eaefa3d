"""Exponential backoff with jitter before the next attempt at a venue. Pure.

Times are in milliseconds.
"""

from engine.upstream.streams.connection import Refusal

FIRST_WAIT, LONGEST_WAIT = 500, 30_000
"""Bounds of the wait after a failure."""
SHORTEST_PENALTY, LONGEST_PENALTY = 30_000, 600_000
"""Bounds of the wait after a venue has limited attempts, or closed a connection for a breach of rules."""


def wait(failures: int, refusal: Refusal | None, chance: float) -> int:
    """Return the wait after consecutive `failures`. `chance` is a random number from 0 to 1."""
    doubled = 2 ** min(failures - 1, 10)
    if refusal == "rules":
        return int(min(LONGEST_PENALTY, SHORTEST_PENALTY * doubled) * (1 + chance) / 2)
    return int(min(LONGEST_WAIT, FIRST_WAIT * doubled) * chance)
