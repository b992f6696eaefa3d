"""The channel of the engine's own events."""

from collections.abc import Mapping
from typing import Any

from engine.streaming.status import StatusChannel
from engine.telemetry.event_log import ClockRight


class RecordingPublisher:
    """A publisher that keeps what it is given."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []

    def publish(
        self, channel: str, body: Mapping[str, object], *, conflated: bool, reached: int | None = None
    ) -> None:
        """Keep a message."""
        assert (channel, conflated, reached) == ("status", False, None)
        self.bodies.append(body)

    def ended(self, channel: str) -> None:
        """Do nothing."""

    def forgotten(self, channel: str) -> None:
        """Do nothing."""


def test_each_event_is_published_once_in_order() -> None:
    """Each event after the beginning is published once and in order, and earlier ones are left out."""
    published = RecordingPublisher()
    channel = StatusChannel(published, since=1_000)
    old, first, second, third = (ClockRight(float(second)) for second in (1, 2, 3, 4))
    channel.publish([second, first, old])
    channel.publish([second, first, old])
    channel.begin(3_000)
    channel.publish([third, second, first])

    assert [body["data"]["time"][-3:-1] for body in published.bodies] == ["02", "03", "04"]
    assert published.bodies[0]["event"] == "ClockRight"
