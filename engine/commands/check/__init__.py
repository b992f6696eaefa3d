"""The report of `python -m engine check`: the settings, and which providers can be reached.

It calls providers as the server does, but with its own circuits and budgets, so that a running server is not
affected and no state is left behind.
"""

from engine.commands.check._reach import Finding, reach, works
from engine.commands.check._writing import clock_line, finding_lines, redis_line, setting_lines, written

__all__ = [
    "Finding",
    "clock_line",
    "finding_lines",
    "reach",
    "redis_line",
    "setting_lines",
    "works",
    "written",
]
