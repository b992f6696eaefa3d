"""The names of the engine's keys in Redis. Counters of quotas and budgets are plain numbers with others."""

from engine.version import VERSION

FORMAT = 6
"""The format of values. Increment it whenever the fields of a stored type change."""
KEY_PREFIX = f"engine:{VERSION}:{FORMAT}:"
"""The prefix contains the version and the format, so that two releases on one Redis use separate keys."""
TAGS = {"circuit": "{state}", "statistics": "{state}", "events": "{events}"}
"""By the first word of a key, what follows the prefix where keys are read together.

A cluster keeps keys with the same part in braces in one slot, and refuses to read others at once.
"""


def name_of(prefix: str, key: str) -> str:
    """Return the name of a key in Redis."""
    return f"{prefix}{TAGS.get(key.partition(':')[0], '')}{key}"
