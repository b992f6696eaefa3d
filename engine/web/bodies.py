"""Request bodies: the memory they share, and the errors of broken ones."""

from engine.errors import ApiError
from engine.web.capacity import Capacity

SHARED = 4 * 1024 * 1024
"""Bytes of all bodies that a worker holds at a time."""
SHARE = SHARED // 4
"""Bytes of the bodies of one client."""


class BrokenBody(ApiError):
    """A body ends too early, or violates HTTP."""

    code = "INVALID_PARAMETER"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message, {"body": ["is incomplete"]})


class LateBody(BrokenBody):
    """A body takes too long to arrive."""

    code = "REQUEST_TIMEOUT"
    status = 408

    def __init__(self) -> None:
        super().__init__("The body takes too long to arrive")


def body_capacity() -> Capacity:
    """Return the memory that the bodies of one worker share."""
    return Capacity(SHARED, SHARE)
