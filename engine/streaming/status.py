"""The channel of the engine's own events: providers that fail and recover, budgets, fallbacks."""

from collections.abc import Sequence

from engine.streaming import messages
from engine.streaming.channels import STATUS
from engine.streaming.publishing import Publisher
from engine.telemetry.events import Event
from engine.timestamps import iso


class StatusChannel:
    """Publishes each event once, as it becomes known, if it happened after `since` (Unix milliseconds)."""

    def __init__(self, publisher: Publisher, since: int) -> None:
        self._publisher = publisher
        self._since = since
        self._seen: set[Event] = set()

    def begin(self, since: int) -> None:
        """Begin anew: clients have been told of what happened before, or have not listened."""
        self._since, self._seen = since, set()

    def tell(self, events: Sequence[Event]) -> None:
        """Publish those of the last `events` that are new, the oldest first."""
        recent = [event for event in events if event.time * 1000 > self._since]
        for event in reversed([one for one in recent if one not in self._seen]):
            data = {
                "level": event.level,
                "message": event.message,
                "provider": event.provider,
                "endpoint": event.endpoint,
                "time": iso(event.time),
            }
            self._publisher.publish(STATUS, messages.status(event.kind, data), conflated=False)
        self._seen = set(recent)
