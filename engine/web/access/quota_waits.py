"""Let requests over the quota wait briefly, for clients that would be banned for being refused."""

import time
from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any, TypeVar, cast

from flask import g, request

from engine.errors import ApiError
from engine.web.access import quotas
from engine.web.access.admission import counted
from engine.web.access.callers import Caller
from engine.web.access.limiter import limiter
from engine.web.access.quotas import CALLER, QUOTA
from engine.web.access.waiting import SHORTEST
from engine.web.services import current_services

View = TypeVar("View", bound=Callable[..., Any])


def patient(name: str) -> Callable[[View], View]:
    """Return a decorator that counts a view's requests against `RATE_LIMIT_<NAME>`, and lets them wait."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(**arguments: Any) -> Any:
            spend(name)
            return view(**arguments)

        wrapped.quota = name  # type: ignore[attr-defined]
        return cast(View, wrapped)

    return decorate


def spend(name: str, units: int = 1) -> None:
    """Count `units` of the quota `name`. Raises an `ApiError` where they are not free after a wait."""
    services = current_services()
    request.environ[QUOTA] = name
    caller: Caller | None = request.environ.get(CALLER)
    if not limiter.enabled or caller is None or caller.times is None or units < 1:
        return
    item, bucket = quotas.item(quotas.text(services.settings, name, caller.times)), caller.bucket
    scope, amount = str(request.endpoint), min(units, item.amount)

    def attempt() -> float:
        allowed, g.quota_status = counted(
            services.callers, lambda strategy: quotas.spend(strategy, item, bucket, scope, amount)
        )
        if allowed:
            return 0.0
        wait = counted(services.callers, lambda strategy: quotas.until(strategy, item, bucket, scope, amount))
        return max(wait, SHORTEST)

    if wait := services.waiting.spend(bucket, attempt):
        g.quota_status = g.quota_status._replace(reset_at=int(time.time() + wait + 1))
        raise ApiError("Too many requests", code="RATE_LIMITED", status=429, retry_after=ceil(wait))
