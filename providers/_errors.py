"""What can go wrong with a provider. `reason` is the short text that clients see."""

LONGEST_MESSAGE = 300
"""What providers say in place of an error code is logged and kept, and may have megabytes."""


class ProviderError(Exception):
    """A provider could not give what was asked."""

    reason = "Unavailable"

    def __init__(self, message: str = "", *, reason: str | None = None) -> None:
        super().__init__((message or reason or self.reason)[:LONGEST_MESSAGE])
        if reason is not None:
            self.reason = reason


class Unsupported(ProviderError):
    """The provider is well but does not have this coin, interval or range."""

    reason = "Unsupported"


class Unavailable(ProviderError):
    """No usable answer came: a connection that failed, a time-out, an error status.

    `retry_after` is for how many seconds the provider wants to be left alone, where it says so.
    """

    reason = "Connection failed"

    def __init__(
        self, message: str = "", *, reason: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """The provider asks to be asked less."""

    reason = "Rate limited"


class Blocked(Unavailable):
    """The provider refuses the region of this host; asking again soon is in vain."""

    reason = "Region blocked"


class BadData(ProviderError):
    """An answer came and is not what it claims to be. Nothing of it may be used."""

    reason = "Bad data"


class BadMarket(BadData):
    """A sound answer about one market cannot be used: the market is empty, halted, odd, or another one.

    It fails over like any other failure and says nothing about the health of the provider.
    """


class Unauthorized(ProviderError):
    """The provider wants a key, or another one."""

    reason = "HTTP 401"
