"""The prefix of the engine's keys in Redis. Counters of quotas and budgets are plain numbers without it."""

from engine.version import VERSION

FORMAT = 4
"""The format of values. Increment it whenever the fields of a stored type change."""
KEY_PREFIX = f"engine:{VERSION}:{FORMAT}:"
"""The prefix contains the version and the format, so that two releases on one Redis use separate keys."""
