"""Where the messages of a worker go: to all workers, to its own clients, or nowhere."""

from collections.abc import Mapping

from engine.streaming.publishing import Publisher


class Outlet:
    """Hands messages on. What comes late from a worker that feeds nothing any more is dropped."""

    def __init__(self) -> None:
        self.to: Publisher | None = None

    def publish(
        self, channel: str, body: Mapping[str, object], *, conflated: bool, reached: int | None = None
    ) -> None:
        """Append a message about a channel."""
        if self.to is not None:
            self.to.publish(channel, body, conflated=conflated, reached=reached)

    def ended(self, channel: str) -> None:
        """Forget the newest message of a channel that is no longer fed."""
        if self.to is not None:
            self.to.ended(channel)

    def forgotten(self, channel: str) -> None:
        """Forget how far a series was told, which will begin anew."""
        if self.to is not None:
            self.to.forgotten(channel)
