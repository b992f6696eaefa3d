"""The requests that one worker has counted since its last flush, in plain numbers for speed."""

from bisect import bisect_left
from collections.abc import Mapping

from engine.concurrency.locks import Lock

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets of durations."""
AGES = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21_600.0, 86_400.0)
"""Upper bounds of the buckets of ages, in seconds."""


Kind = tuple[str, str, str, int, int]
"""Requests that are counted together: endpoint, status, outcome (empty where no data was served), and the
buckets of their duration and of their data's age."""
Sums = list[float]
"""The number of requests, and the sums of their durations and of their data's ages in seconds."""


class Ledger:
    """Counts requests from any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sums: dict[Kind, Sums] = {}

    def note(self, endpoint: str, status: str, seconds: float, outcome: str = "", age: float = 0.0) -> None:
        """Count a request that took `seconds` and was served data that was `age` seconds old."""
        kind = endpoint, status, outcome, bisect_left(SECONDS, seconds), bisect_left(AGES, age)
        with self._lock:
            sums = self._sums.get(kind)
            if sums is None:
                sums = self._sums[kind] = [0, 0.0, 0.0]
            sums[0] += 1
            sums[1] += seconds
            sums[2] += age

    def take(self) -> Mapping[Kind, Sums]:
        """Return and reset the counts."""
        with self._lock:
            taken, self._sums = self._sums, {}
        return taken
