"""The connections to all venues, as one."""

from types import SimpleNamespace
from typing import Any

from engine.streaming.venues import Venues


def test_a_refusal_ends_by_itself() -> None:
    """A refused topic may be requested again after its wait, also without a tick in between."""
    now = 1000
    refusing: Any = SimpleNamespace(refused={"topic": 2000}, blocked_until=0, want=lambda names: None)
    venues = Venues(lambda *_: refusing, lambda: now)
    venues.want({("venue", "topic"): "candles"})
    assert not venues.serves("venue", "topic")
    assert venues.serves("venue", "other")

    now = 2000
    assert venues.serves("venue", "topic")
    refusing.blocked_until = 3000
    assert not venues.serves("venue", "topic")
