"""The destination of a worker's messages: all workers, its clients alone, or none."""

from collections.abc import Mapping

from engine.streaming.publishing import Publisher


class Outlet:
    """Passes messages to a publisher, and drops late ones after this worker has stopped feeding."""

    def __init__(self) -> None:
        self.to: Publisher | None = None

    def publish(
        self, channel: str, body: Mapping[str, object], *, conflated: bool, reached: int | None = None
    ) -> None:
        """Append a message about a channel."""
        if self.to is not None:
            self.to.publish(channel, body, conflated=conflated, reached=reached)

    def ended(self, channel: str) -> None:
        """Delete the newest message of a channel that is no longer fed."""
        if self.to is not None:
            self.to.ended(channel)

    def forgotten(self, channel: str) -> None:
        """Delete the position of a series that will begin anew."""
        if self.to is not None:
            self.to.forgotten(channel)
