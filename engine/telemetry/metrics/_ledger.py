"""What one worker has counted since it was last asked: plain numbers, for every hit passes here."""

from bisect import bisect_left
from collections.abc import Mapping

from engine.concurrency.locks import Lock

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the classes of durations."""
AGES = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21_600.0, 86_400.0)
"""Upper bounds of the classes of ages, in seconds."""


Kind = tuple[str, str, str, int, int]
"""Requests that count as one: endpoint, status, outcome (empty where no data was served), and the numbers of
the classes of their duration and of the age of their data."""
Sums = list[float]
"""How many there were, and how many seconds their durations and the ages of their data come to."""


class Ledger:
    """Counts requests, for any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sums: dict[Kind, Sums] = {}

    def note(self, endpoint: str, status: str, seconds: float, outcome: str = "", age: float = 0.0) -> None:
        """Count a request that took so many `seconds`, and was served data of so many seconds of `age`."""
        kind = endpoint, status, outcome, bisect_left(SECONDS, seconds), bisect_left(AGES, age)
        with self._lock:
            sums = self._sums.get(kind)
            if sums is None:
                sums = self._sums[kind] = [0, 0.0, 0.0]
            sums[0] += 1
            sums[1] += seconds
            sums[2] += age

    def take(self) -> Mapping[Kind, Sums]:
        """What was counted since the last time."""
        with self._lock:
            taken, self._sums = self._sums, {}
        return taken
