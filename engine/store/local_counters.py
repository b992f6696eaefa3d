"""Count quotas and budgets in the memory of one worker."""

from collections import defaultdict
from typing import Any

from limits.storage import MemoryStorage


class LocalCounters(MemoryStorage):
    """The memory storage of limits, whose cleanup survives a counter that a reader removes meanwhile.

    The cleanup lists the keys first and then reads their expirations. A reader that removes an expired
    counter in between would end the thread by a `KeyError`.
    """

    STORAGE_SCHEME = ["local-counters"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.expirations = defaultdict(float)
