"""One sequence of messages in Redis, which one worker of all writes and every worker reads."""

from engine.store.sequence.places import SharedPlaces
from engine.store.sequence.sequence import (
    Batch,
    Loaded,
    Place,
    Refused,
    Sent,
    SharedSequence,
    Standing,
    Unavailable,
)

__all__ = [
    "Batch",
    "Loaded",
    "Place",
    "Refused",
    "Sent",
    "SharedPlaces",
    "SharedSequence",
    "Standing",
    "Unavailable",
]
