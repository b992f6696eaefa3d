"""The failures of providers. `reason` is the short text that clients see."""

LONGEST_MESSAGE = 300
"""Letters of a message that are kept: providers may send megabytes in place of an error code."""


class ProviderError(Exception):
    """A provider failed to give the requested data."""

    reason = "Unavailable"

    def __init__(self, message: str = "", *, reason: str | None = None) -> None:
        super().__init__((message or reason or self.reason)[:LONGEST_MESSAGE])
        if reason is not None:
            self.reason = reason


class Unsupported(ProviderError):
    """The provider works but does not have this coin, interval or range."""

    reason = "Unsupported"


class Unavailable(ProviderError):
    """The provider sent no usable response: the connection failed, timed out, or brought an error status.

    `retry_after` is how many seconds the provider asks callers to wait, `None` if it does not say.
    """

    reason = "Connection failed"

    def __init__(
        self, message: str = "", *, reason: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """The provider's rate limit is exceeded."""

    reason = "Rate limited"


class Blocked(Unavailable):
    """The provider refuses the region of this host. Retrying soon does not help."""

    reason = "Region blocked"


class BadData(ProviderError):
    """The provider's response is invalid. No part of it may be used."""

    reason = "Bad data"


class BadMarket(BadData):
    """A valid response about one market is unusable: the market is empty, halted, implausible or another one.

    It fails over like any other failure, and leaves the provider's health as it is.
    """


class Unauthorized(ProviderError):
    """The provider requires a key, or rejects the configured one."""

    reason = "HTTP 401"
