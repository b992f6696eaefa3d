"""When each source of the catalogue is asked next."""

import msgspec

RETRY = 900.0
"""Seconds after which a source is asked again that failed; each further failure doubles them."""
FIRST_LOOKS, LOOK, IDLE_LOOK = 25.0, 300.0, 3600.0
"""Seconds between two looks at prices: the first three, later while clients ask, and while none does."""
LONGEST = 60.0
"""Seconds after which the schedule is looked at anyway: somebody may have set the clock."""
AWAKE = 3600.0
"""Seconds after a client's last request in which looks are frequent."""


class Due(msgspec.Struct):
    """When a source is asked next (Unix seconds), and how often in a row it has failed."""

    at: float = 0.0
    failures: int = 0

    def succeeded(self, now: float, period: float) -> None:
        """Ask again after a period."""
        self.at, self.failures = now + period, 0

    def failed(self, now: float, period: float) -> None:
        """Ask again sooner, at most after a period."""
        self.at = now + min(RETRY * 2**self.failures, period)
        self.failures += 1


class Schedule(msgspec.Struct):
    """What is due, source by source, and when prices are looked at next."""

    sources: dict[str, Due] = msgspec.field(default_factory=dict)
    look: float = 0.0
    looks: int = 0

    def next_source(self, now: float) -> str | None:
        """Return a source that is due, `None` where none is."""
        return next((name for name, due in self.sources.items() if now >= due.at), None)

    def pause(self, now: float, *, looks: bool) -> float:
        """Return the seconds until a source is due, or a look where there are any, at most `LONGEST`."""
        due = [one.at for one in self.sources.values()] + ([self.look] if looks else [])
        return min(LONGEST, max(0.0, min(due, default=now + LONGEST) - now))

    def looked(self, now: float, asked: float) -> None:
        """Look again later. `asked` is the time of a client's last request."""
        self.looks += 1
        later = LOOK if now - asked < AWAKE else IDLE_LOOK
        self.look = now + (FIRST_LOOKS if self.looks < 3 else later)
