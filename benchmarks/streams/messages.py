"""What both servers send: a message of 500 bytes a second, with the time of its sending."""

import time

BYTES = 500
"""Bytes of a message."""
EACH = 1.0
"""Seconds between two messages."""
MARK = '"sent":'
"""What the time (Unix seconds) follows in a message."""
CHANNEL = "status"


def body(size: int) -> dict[str, object]:
    """Return the members of a message with so many bytes of filling."""
    return {"type": "status", "event": "benchmark", "data": {"sent": time.time(), "text": "x" * size}}
