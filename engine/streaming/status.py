"""The channel of the engine's own events: providers that fail and recover, budgets, fallbacks."""

from collections.abc import Sequence

from engine.streaming import messages
from engine.streaming.channels import STATUS
from engine.streaming.publishing import Publisher
from engine.telemetry.events import Event
from engine.timestamps import iso


class StatusChannel:
    """Publishes each event that happened after `since` (Unix milliseconds) once."""

    def __init__(self, publisher: Publisher, since: int) -> None:
        self._publisher = publisher
        self._since = since
        self._seen: set[Event] = set()

    def begin(self, since: int) -> None:
        """Start over: earlier events are published, or no client was subscribed."""
        self._since, self._seen = since, set()

    def publish(self, events: Sequence[Event]) -> None:
        """Publish the new ones of the last `events`, the oldest first."""
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
