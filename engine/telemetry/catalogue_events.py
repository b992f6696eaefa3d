"""Events of the catalogue."""

from engine.telemetry.events import Event


class ListingRefused(Event, frozen=True, tag=True):
    """A venue's listing is not believed, so that the last one stays."""

    reason: str = ""

    @property
    def message(self) -> str:
        """The venue and the reason."""
        return f"{self.provider} listing refused: {self.reason}; keeping the last one"


class CodeRebound(Event, frozen=True, tag=True):
    """A venue's code no longer means the coin that it was bound to."""

    code: str = ""
    coin: str = ""
    ratio: str | None = None
    """By how much its price left the coin's, where that looks like a change of units."""

    @property
    def message(self) -> str:
        """The venue, the code and the coin."""
        unit = f", whose unit may have changed by {self.ratio}" if self.ratio else ""
        return f"{self.provider} code {self.code} is no longer taken for {self.coin}{unit}"
