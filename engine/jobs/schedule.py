"""Schedule the requests to each source of the catalogue."""

import msgspec

RETRY = 900.0
"""Seconds after a failure until a source is asked again. Each further failure doubles them."""
FIRST_LOOKS, LOOK, IDLE_LOOK = 25.0, 300.0, 3600.0
"""Seconds between two looks at prices: the first three, later ones while clients ask, and idle ones."""
LONGEST = 60.0
"""Maximum seconds between two checks of the schedule, because the clock may be set."""
AWAKE = 3600.0
"""Seconds after a client's last request for which looks are frequent."""


class Due(msgspec.Struct):
    """The time of the next request to a source (Unix seconds), and its failures in a row."""

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
    """The next request to each source, and the time of the next look at prices."""

    sources: dict[str, Due] = msgspec.field(default_factory=dict)
    look: float = 0.0
    looks: int = 0

    def next_source(self, now: float) -> str | None:
        """Return a source that is due, `None` if there is none."""
        return next((name for name, due in self.sources.items() if now >= due.at), None)

    def pause(self, now: float, *, looks: bool) -> float:
        """Return the seconds until a source is due, or with `looks` a look, at most `LONGEST`."""
        due = [one.at for one in self.sources.values()] + ([self.look] if looks else [])
        return min(LONGEST, max(0.0, min(due, default=now + LONGEST) - now))

    def looked(self, now: float, asked: float) -> None:
        """Look again later. `asked` is the time of a client's last request."""
        self.looks += 1
        later = LOOK if now - asked < AWAKE else IDLE_LOOK
        self.look = now + (FIRST_LOOKS if self.looks < 3 else later)
