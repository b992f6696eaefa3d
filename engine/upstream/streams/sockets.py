"""The interface of WebSockets to venues, for every library."""

from collections.abc import Callable
from typing import Protocol


class Closed(Exception):
    """The connection has ended. The message has the close code and the reason, if the venue sent them."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Socket(Protocol):
    """An open WebSocket."""

    def receive(self) -> str | None:
        """Return the next text, an empty one for a control frame, or `None` after a short wait.

        Raises `Closed`.
        """

    def send(self, text: str) -> None:
        """Send a text. Raises `Closed`."""

    def close(self) -> None:
        """Close the connection without waiting."""


Opener = Callable[[str], Socket]
"""Connects to an address. Raises a `ProviderError`."""
