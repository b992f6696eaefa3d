"""The spans of a test, kept instead of sent. Import the fixture `recorder` to record them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from engine.telemetry._work import REQUEST
from engine.telemetry.spans import RECORDING, Attributes, Kind


@dataclass
class Recorded:
    """A span, and what was done to it."""

    name: str
    parent: object | None
    link: object | None
    attributes: dict[str, str | int]
    failure: tuple[str, str] | None = None
    is_open: bool = True

    def set(self, attributes: Attributes) -> None:
        """Add attributes."""
        self.attributes.update(attributes)

    def rename(self, name: str) -> None:
        """Replace the name."""
        self.name = name

    def fail(self, kind: str, words: str = "") -> None:
        """Mark as failed."""
        self.failure = (kind, words)

    def close(self) -> None:
        """End."""
        self.is_open = False


@dataclass
class Recorder:
    """Keeps all spans."""

    spans: list[Recorded] = field(default_factory=list)

    def start(
        self, name: str, kind: Kind, parent: object | None, link: object | None, attributes: Attributes
    ) -> Recorded:
        """Start a span."""
        self.spans.append(Recorded(name, parent, link, dict(attributes)))
        return self.spans[-1]

    def stop(self) -> None:
        """Do nothing."""


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Record the spans of a test, which is in no request, whichever one an earlier test has left."""
    left = REQUEST.set("")
    RECORDING.tracer = recorder = Recorder()
    yield recorder
    RECORDING.tracer = None
    REQUEST.reset(left)
