"""The channel of the engine's own events: providers that fail and recover, budgets, fallbacks."""

from collections.abc import Sequence

from engine.streaming import messages
from engine.streaming.channels import STATUS
from engine.streaming.publishing import Publisher
from engine.telemetry.events import Event
from engine.timestamps import iso


class StatusChannel:
    """Publishes each event once, as it becomes known."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._seen: set[Event] | None = None

    def tell(self, events: Sequence[Event]) -> None:
        """Publish those of the last `events` that are new, the oldest first. The first ones are past."""
        known = set(events)
        if self._seen is not None:
            for event in reversed([one for one in events if one not in self._seen]):
                data = {
                    "level": event.level,
                    "message": event.message,
                    "provider": event.provider,
                    "endpoint": event.endpoint,
                    "time": iso(event.time),
                }
                self._publisher.publish(STATUS, messages.status(event.kind, data), conflated=False)
        self._seen = known
