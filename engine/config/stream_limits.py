"""How many streams and channels a caller may have, by the tier of its key."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Streams at once of one caller at a worker, and channels of one stream."""

    streams: int
    channels: int


ANONYMOUS = StreamLimits(20, 200)
"""Of an address without a key."""
STREAM_LIMITS: dict[str, StreamLimits] = {
    "free": StreamLimits(50, 500),
    "pro": StreamLimits(200, 2000),
    "unlimited": StreamLimits(4000, 10_000),
}
