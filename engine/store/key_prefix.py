"""What the engine's keys in Redis begin with. Counters of quotas and budgets are plain numbers without it."""

from engine.version import VERSION

FORMAT = 2
"""The format of values; increase it whenever the fields of a stored type change."""
KEY_PREFIX = f"engine:{VERSION}:{FORMAT}:"
"""Two releases on one Redis leave each other's values alone."""
