"""The failures of use cases: each has a code, a status and details."""

import logging
from collections.abc import Mapping

from providers import ProviderError, Unavailable

RETRY_AFTER = 60
"""Seconds until clients should try again, where no provider names a time."""

INTERNAL = "Internal server error"
"""The message for every internal error."""

log = logging.getLogger(__name__)


class ApiError(Exception):
    """A failure with a code. `details` says what is wrong with which parameter or provider."""

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
        """Return a new equal error. An error that is raised repeatedly keeps the frames of every raise."""
        return type(self)(
            self.message,
            self.details,
            code=self.code,
            status=self.status,
            retry_after=self.retry_after,
        )


class InvalidRequest(ApiError):
    """A request parameter is invalid: `details` is `{parameter: [what is wrong]}`."""

    code = "INVALID_PARAMETER"
    status = 400


class FeatureDisabled(ApiError):
    """The operator has disabled this endpoint."""

    code = "FEATURE_DISABLED"
    status = 404

    def __init__(self, setting: str) -> None:
        super().__init__(f"This endpoint is disabled; {setting} enables it")


class InsufficientData(ApiError):
    """Fewer candles exist than the request needs."""

    code = "INSUFFICIENT_DATA"
    status = 422

    @classmethod
    def of(cls, available: int, required: int) -> "InsufficientData":
        """Name how many candles exist and how many are required."""
        return cls(
            f"Only {available} candles are available, {required} are required",
            {"available": available, "required": required},
        )


class AllProvidersFailed(ApiError):
    """Every provider failed; `details` has the reason of each."""

    code = "PROVIDER_ERROR"
    status = 503

    @classmethod
    def of(cls, failures: Mapping[str, ProviderError]) -> "AllProvidersFailed":
        """Collect the reason of each provider, and the shortest wait that any of them requests."""
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
    """Log an error that no other code handles. Return an `ApiError` without its details."""
    log.error("unforeseen failure", exc_info=error)
    return ApiError(INTERNAL)
