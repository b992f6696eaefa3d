"""The failures of use cases: each has a code, a status, and what is wrong with what."""

import logging
from collections.abc import Mapping

from providers import ProviderError, Unavailable

RETRY_AFTER = 60
"""Seconds after which asking again makes sense, where no provider said better."""

INTERNAL = "Something went wrong on our side"
"""All that is told of an internal error."""

log = logging.getLogger(__name__)


class ApiError(Exception):
    """A failure with a code of its own. `details` says what is wrong with what."""

    code: str = "INTERNAL_ERROR"
    status: int = 500

    def __init__(
        self,
        message: str,
        details: Mapping[str, object] | None = None,
        *,
        code: str | None = None,
        status: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.retry_after = retry_after
        self.code = code or self.code
        self.status = status or self.status

    def copy(self) -> "ApiError":
        """The same failure anew: one that is raised again and again keeps the frames of every raise."""
        return type(self)(
            self.message,
            self.details,
            code=self.code,
            status=self.status,
            retry_after=self.retry_after,
        )


class InvalidRequest(ApiError):
    """The client asked for something that cannot be: `details` is `{parameter: [what is wrong]}`."""

    code = "INVALID_PARAMETER"
    status = 400


class FeatureDisabled(ApiError):
    """The operator has switched this off."""

    code = "FEATURE_DISABLED"
    status = 404

    def __init__(self, setting: str) -> None:
        super().__init__(f"This is switched off; {setting}=true switches it on")


class InsufficientData(ApiError):
    """There are not as many candles as are needed."""

    code = "INSUFFICIENT_DATA"
    status = 422

    @classmethod
    def of(cls, available: int, required: int) -> "InsufficientData":
        """With how many there are, and how many there should be."""
        return cls(
            f"Only {available} candles can be had, {required} are required",
            {"available": available, "required": required},
        )


class AllProvidersFailed(ApiError):
    """Nobody could answer; `details` has the reason of each."""

    code = "PROVIDER_ERROR"
    status = 503

    @classmethod
    def of(cls, failures: Mapping[str, ProviderError]) -> "AllProvidersFailed":
        """With the reason of each, and the shortest wait that any of them asked for."""
        waits = [
            error.retry_after
            for error in failures.values()
            if isinstance(error, Unavailable) and error.retry_after
        ]
        return cls(
            "All data providers are currently unavailable",
            {provider: error.reason for provider, error in failures.items()},
            retry_after=int(min(waits, default=RETRY_AFTER)) or 1,
        )


def unforeseen(error: BaseException) -> ApiError:
    """What is told of anything that is caught nowhere else: it is logged here, and nothing of it leaves."""
    log.error("unforeseen failure", exc_info=error)
    return ApiError(INTERNAL)
