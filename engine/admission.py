"""Who is let in: keys are looked up and guesses counted before any work is done."""

from contextlib import suppress
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_limiter import ExemptionScope
from limits.errors import StorageError

from engine import quotas
from engine.callers import Caller, Callers, sent_key
from engine.errors import ApiError
from engine.extensions import limiter
from engine.quotas import CALLER, GUESSES, Standing

GUESSING = "guesses"
"""The scope in which unknown keys are counted."""


class UnknownKey(ApiError):
    """A key was sent that is nobody's."""

    code = "UNAUTHORIZED"
    status = 401


def register(app: Flask) -> None:
    """Know who asks before a limited view is called, and tell everybody what is left."""
    app.before_request(_admit)
    app.after_request(_tell_quota)


def known(callers: Callers, environ: dict[str, Any]) -> Caller | None:
    """Who asks, `None` where a key was sent that is nobody's, or may not be tried any more."""
    key = sent_key(environ)
    if key is None:
        return callers.by_address(environ)
    with suppress(StorageError):  # Redis died: guesses go on uncounted for a moment
        if not callers.guesses.test(GUESSES, *_guesses(callers, environ)):
            return None
    return callers.by_key(key)


def _guesses(callers: Callers, environ: dict[str, Any]) -> tuple[str, str, str]:
    return quotas.PREFIX, callers.by_address(environ).bucket, GUESSING


def _admit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    exempt = limiter.limit_manager.exemption_scope(current_app, request.endpoint, request.blueprint)
    if not hasattr(view, "query") or exempt & ExemptionScope.DEFAULT or request.method == "OPTIONS":
        return
    callers: Callers = current_app.extensions["callers"]
    caller = known(callers, request.environ)
    if caller is None:
        _refuse_key(callers)
    request.environ[CALLER] = caller


def _refuse_key(callers: Callers) -> None:
    _, address, scope = _guesses(callers, request.environ)
    allowed, g.standing = quotas.spend(callers.guesses, GUESSES, address, scope)
    if not allowed:
        wait = g.standing.wait
        raise ApiError("Too many unknown keys", code="RATE_LIMITED", status=429, retry_after=wait)
    raise UnknownKey("This key is not known")


def _tell_quota(response: Response) -> Response:
    standing: Standing | None = g.get("standing")
    if standing is None and limiter.current_limit:
        with suppress(StorageError):  # Redis died since the limit was checked
            standing = Standing.of(limiter.current_limit)
    if standing is not None:
        response.headers.update(standing.headers())
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
