"""The rows of exports that a caller may have in a day."""

from limits import RateLimitItemPerDay

from engine.errors import ApiError
from engine.web.access import quotas
from engine.web.access.admission import counted
from engine.web.access.callers import Caller
from engine.web.access.quotas import caller
from engine.web.services import current_services

SCOPE = "exported rows"


def charge_rows(rows: int) -> None:
    """Count an export of the current request, whose `rows` are at most those of a day.

    Raises an `ApiError` if fewer are left, with the seconds until there are enough.
    """
    asking, callers = caller(), current_services().callers
    if asking.limits.rows is None or not rows:
        return
    most, bucket = RateLimitItemPerDay(asking.limits.rows), asking.bucket
    allowed, _ = counted(callers, lambda strategy: quotas.spend(strategy, most, bucket, SCOPE, rows))
    if not allowed:
        seconds = counted(callers, lambda strategy: quotas.until(strategy, most, bucket, SCOPE, rows))
        message = f"This export has {rows} of {most.amount} rows a day, and fewer are left"
        raise ApiError(message, code="RATE_LIMITED", status=429, retry_after=int(seconds) + 1)


def exported_rows(asking: Caller) -> int:
    """Return how many rows a caller has had within a day. Without a limit they are not counted."""
    if not asking.limits.rows:
        return 0
    most, bucket = RateLimitItemPerDay(asking.limits.rows), asking.bucket
    return counted(current_services().callers, lambda strategy: quotas.used(strategy, most, bucket, SCOPE))
