"""The bodies of requests: the room that they share, and what is wrong with broken ones."""

from engine.errors import ApiError
from engine.web.capacity import Capacity

SHARED = 4 * 1024 * 1024
"""Bytes of all bodies that a worker has at a time."""
SHARE = SHARED // 4
"""Bytes of those of one client."""


class BrokenBody(ApiError):
    """A body that ends too early, or is not sent as HTTP says."""

    code = "INVALID_PARAMETER"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message, {"body": ["is not whole"]})


class LateBody(BrokenBody):
    """A body that takes too long to arrive."""

    code = "REQUEST_TIMEOUT"
    status = 408

    def __init__(self) -> None:
        super().__init__("The body takes too long to arrive")


def body_capacity() -> Capacity:
    """The room of one worker."""
    return Capacity(SHARED, SHARE)
