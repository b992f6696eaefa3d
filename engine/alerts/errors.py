"""The failures of alert rules as clients see them."""

from engine.errors import ApiError
from engine.history.errors import ArchiveError, ArchiveFull, ArchiveOff, WrongRelease

RETRY = 5
"""Seconds of `Retry-After` while the database does not answer."""


class AlertsDisabled(ApiError):
    """Alert rules are disabled, or have no database."""

    code = "FEATURE_DISABLED"
    status = 404

    def __init__(self, reason: str) -> None:
        super().__init__(f"There are no alert rules: {reason}")


class NoSuchRule(ApiError):
    """There is no such rule, or it belongs to another key."""

    code = "NOT_FOUND"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such rule")


class NoOlderSecret(ApiError):
    """The rule has only one secret."""

    code = "NOT_FOUND"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no older secret")


class RulesLimitReached(ApiError):
    """The key's tier allows no more rules; `details` has the limit."""

    code = "LIMIT_REACHED"
    status = 422

    def __init__(self, limit: int) -> None:
        super().__init__(f"This key may have {limit} rules", {"limit": limit})


class SecretsLimitReached(ApiError):
    """The rule already has two secrets."""

    code = "LIMIT_REACHED"
    status = 422

    def __init__(self) -> None:
        super().__init__("A rule has at most two secrets; DELETE ends the older one", {"limit": 2})


class InvalidNotify(ApiError):
    """Alerts may not be sent to a target; `details` says why, by its place."""

    code = "INVALID_TARGET"
    status = 400

    def __init__(self, place: str, reason: str) -> None:
        super().__init__("No alert may be sent to this target", {place: [reason]})


def failure(error: ArchiveError) -> ApiError:
    """Return the error for clients about a failure of the database."""
    if isinstance(error, ArchiveFull):
        return ApiError(str(error), code="STORAGE_FULL", status=507)
    if isinstance(error, ArchiveOff | WrongRelease):
        return AlertsDisabled(str(error))
    return ApiError(
        f"Alert rules cannot be reached: {error}", code="OVERLOADED", status=503, retry_after=RETRY
    )
