"""What a WebSocket to a venue does, whichever library opens it."""

from collections.abc import Callable
from typing import Protocol


class Closed(Exception):
    """The connection is over. The message has the close code and the reason, where the venue gave them."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Socket(Protocol):
    """An open WebSocket."""

    def receive(self) -> str | None:
        """Return the next text, an empty one for a control frame, `None` after a moment without a frame.

        Raises `Closed`.
        """

    def send(self, text: str) -> None:
        """Send a text. Raises `Closed`."""

    def close(self) -> None:
        """Close the connection, and wait for nothing."""


Opener = Callable[[str], Socket]
"""Connects to an address. Raises a `ProviderError`."""
