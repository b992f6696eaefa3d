"""Identify callers and count unknown keys, before a request costs any work."""

import time
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_limiter import ExemptionScope
from limits.strategies import RateLimiter

from engine.errors import ApiError
from engine.store.eviction import attribute_to
from engine.web.access import quotas
from engine.web.access.callers import Caller, Callers, sent_key
from engine.web.access.limiter import limiter
from engine.web.access.quotas import CALLER, GUESSES, QUOTA, QuotaStatus
from engine.web.errors import too_many
from engine.web.responses import SCOPE
from engine.web.services import current_services

T = TypeVar("T")

GUESSING = "guesses"
UNKNOWN_PATHS = "nothing"
"""The scopes that count unknown keys, and requests for unknown paths."""


class UnknownKey(ApiError):
    """The request has an unknown API key."""

    code = "UNAUTHORIZED"
    status = 401


class KeyNeeded(ApiError):
    """The endpoint needs an API key, and the request has none."""

    code = "UNAUTHORIZED"
    status = 401


def register(app: Flask) -> None:
    """Identify the caller before a limited view runs, and report the remaining quota."""
    app.before_request(_admit)
    app.after_request(_add_quota_headers)


def identify(callers: Callers, environ: dict[str, Any]) -> Caller | None:
    """Return the caller, `None` for an unknown key or after too many unknown ones."""
    key = sent_key(environ)
    if key is None:
        return callers.by_address(environ)
    address = callers.by_address(environ).bucket
    may_try = counted(callers, lambda strategy: strategy.test(GUESSES, quotas.PREFIX, address, GUESSING))
    return callers.by_key(key) if may_try else None


def spend(name: str, scope: str) -> None:
    """Count the current request as one of the quota `name` of the endpoint `scope`, which it stands for.

    Raises an `ApiError` if the quota is spent.
    """
    request.environ[QUOTA], request.environ[SCOPE] = name, scope
    services, found = current_services(), quotas.caller()
    if not services.settings.rate_limit_enabled or found.times is None:
        return
    item = quotas.item(quotas.text(services.settings, name, found.times))
    allowed, g.quota_status = counted(
        services.callers, lambda strategy: quotas.spend(strategy, item, found.bucket, scope)
    )
    if not allowed:
        raise too_many(g.quota_status.wait)


def charge(units: int) -> None:
    """Count the current request as `units` of its quota, at most all of it; one unit is already counted.

    Raises an `ApiError` if fewer are left, with the seconds until there are enough.
    """
    callers = current_services().callers
    caller: Caller | None = request.environ.get(CALLER)
    name: str | None = request.environ.get(QUOTA)
    if not limiter.enabled or caller is None or caller.times is None or name is None:
        return
    item = quotas.item(quotas.text(current_services().settings, name, caller.times))
    more = min(units, item.amount) - 1
    if more < 1:
        return
    bucket, scope = caller.bucket, str(request.environ.get(SCOPE, request.endpoint))
    allowed, g.quota_status = counted(
        callers, lambda strategy: quotas.spend(strategy, item, bucket, scope, more)
    )
    if not allowed:
        seconds = counted(callers, lambda strategy: quotas.until(strategy, item, bucket, scope, more + 1))
        g.quota_status = g.quota_status._replace(reset_at=int(time.time() + seconds + 1))
        message = f"This request counts as {more + 1} of {item.amount} a minute, and fewer are left"
        raise ApiError(message, code="RATE_LIMITED", status=429, retry_after=g.quota_status.wait)


def counted(callers: Callers, ask: Callable[[RateLimiter], T]) -> T:
    """Run `ask` on the counters of all workers, or on this worker's own where quotas are off."""
    return ask(limiter.limiter if limiter.enabled else callers.alone)


def _admit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    exempt = limiter.limit_manager.exemption_scope(current_app, request.endpoint, request.blueprint)
    missing = view is None or hasattr(view, "missing")
    counts = hasattr(view, "query") or hasattr(view, "quota")
    free = not missing and (not counts or exempt & ExemptionScope.DEFAULT)
    if free or request.method == "OPTIONS":
        return
    callers = current_services().callers
    caller = identify(callers, request.environ)
    if caller is None:
        _refuse_key(callers)
    else:
        request.environ[CALLER] = caller
        attribute_to(caller.bucket)
        if missing and limiter.enabled and caller.times is not None:
            _limit_unknown_path(callers, caller)


def _limit_unknown_path(callers: Callers, caller: Caller) -> None:
    """Rate-limit requests for unknown paths."""
    item = quotas.item(quotas.text(current_services().settings, "default", caller.times))
    allowed, g.quota_status = counted(
        callers, lambda strategy: quotas.spend(strategy, item, caller.bucket, UNKNOWN_PATHS)
    )
    if not allowed:
        wait = g.quota_status.wait
        raise too_many(wait)


def _refuse_key(callers: Callers) -> NoReturn:
    address = callers.by_address(request.environ).bucket
    allowed, g.quota_status = counted(
        callers, lambda strategy: quotas.spend(strategy, GUESSES, address, GUESSING)
    )
    if not allowed:
        wait = g.quota_status.wait
        raise ApiError("Too many unknown keys", code="RATE_LIMITED", status=429, retry_after=wait)
    raise UnknownKey("Unknown API key")


def quota_status() -> QuotaStatus | None:
    """Return what is left of the quota of the current request, `None` where it has none."""
    status: QuotaStatus | None = g.get("quota_status")
    if status is None and limiter.current_limit:
        status = QuotaStatus.of(limiter.current_limit)
    return status


def _add_quota_headers(response: Response) -> Response:
    status = quota_status()
    if status is not None:
        response.headers.update(status.headers())
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
