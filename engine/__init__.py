"""The engine: use cases over the providers, and their HTTP interface."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from flask import Flask, Response, request
from limits.errors import StorageError
from werkzeug.exceptions import RequestURITooLarge

from engine import errors, memory, openapi, quotas
from engine.api import BLUEPRINTS
from engine.config import Settings
from engine.extensions import cache, cors, limiter
from engine.market import Market
from engine.warming import Warming

LONGEST_QUERY = 16_384
"""Bytes of a query string; a longer one is not even parsed."""
REFRESHES_AT_ONCE = 16
"""What is refreshed behind answers at the same time. Threads start when they are needed."""

__all__ = ["create_app"]


def create_app(clock: Callable[[], float] = time.time, **overrides: Any) -> Flask:
    """The application: the only place where everything is put together.

    Settings come from the environment; `overrides` win. Raises `SettingsError`. Nothing runs in the
    background before `app.extensions["warming"].start()`, which the server calls in its worker.
    """
    settings = Settings.load(**overrides)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it logs addresses, in which there may be keys
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.config.update(memory.configuration(settings), MAX_CONTENT_LENGTH=1024 * 1024)
    cache.init_app(app)
    app.before_request(_refuse_long_queries)
    app.after_request(_tell_quota)
    limiter.init_app(app)
    cors.init_app(app, **_origins(settings.cors_origins))
    store = memory.store(settings, app.extensions["cache"][cache])
    market = Market(
        settings,
        store,
        memory.counts(settings),
        ThreadPoolExecutor(REFRESHES_AT_ONCE, thread_name_prefix="refresh"),
        clock=clock,
    )
    app.extensions.update(
        settings=settings,
        clock=clock,
        market=market,
        warming=Warming(market, store, settings, clock),
    )
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    openapi.register(app)
    return app


def _refuse_long_queries() -> None:
    if len(request.query_string) > LONGEST_QUERY:
        raise RequestURITooLarge


def _tell_quota(response: Response) -> Response:
    if limiter.current_limit:
        with suppress(StorageError):  # Redis died since the limit was checked
            response.headers.update(quotas.headers(limiter.current_limit))
    return response


def _origins(setting: str) -> dict[str, Any]:
    """Any origin is answered with `*`, which a shared cache may keep; named ones are repeated."""
    origins = [origin.strip() for origin in setting.split(",")]
    return {"origins": origins, "send_wildcard": origins == ["*"]}
