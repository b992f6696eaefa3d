"""Log the same failure at most once a minute, with how often it happened meanwhile."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from engine.telemetry.events import Event, ProviderFailed

PERIOD = 60.0
"""Seconds between two lines about the same failure."""
MOST = 500
"""How many different failures are remembered, the newest ones."""


class RepeatedLines:
    """Remembers which failures were logged when."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._logged: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def line(self, event: Event) -> str | None:
        """Return what to log for an event, `None` if the same failure was logged within a minute."""
        if not isinstance(event, ProviderFailed):
            return event.line
        failure = (event.provider, event.reason, event.detail)
        return self.repeated(failure, event.time, event.line)

    def repeated(self, failure: Hashable, time: float, line: str) -> str | None:
        """Return what to log for a `failure` at `time` (Unix seconds), `None` within a minute of the last."""
        with self._lock:
            since, unsaid = self._logged.pop(failure, (None, 0))
            if since is not None and 0 <= time - since < PERIOD:
                self._logged[failure] = (since, unsaid + 1)
                return None
            self._logged[failure] = (time, 0)
            while len(self._logged) > MOST:
                self._logged.popitem(last=False)
        return f"{line}, and {unsaid} times since the last such line" if unsaid else line
