"""What an operator wants to know before the first request: the settings as they are, and who can be reached.

It asks the providers as the server does, but with doors and counts of its own: it takes nothing of the
budgets of a server that runs, and leaves nothing behind.
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
