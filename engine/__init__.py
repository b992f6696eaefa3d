"""The engine: use cases over the providers, and their HTTP interface."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask, Response

from engine import errors, openapi, quotas
from engine.api import BLUEPRINTS
from engine.config import Settings
from engine.extensions import cache, cors, limiter
from engine.market import Market

THREADS = 64
"""Calls to providers at once. Threads start when they are needed."""
LONGEST_QUERY = 16_384

__all__ = ["create_app"]


def create_app(clock: Callable[[], float] = time.time, **overrides: Any) -> Flask:
    """The application: the only place where everything is put together.

    Settings come from the environment; `overrides` win. Raises `SettingsError`.
    """
    settings = Settings.load(**overrides)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.config.update(
        CACHE_TYPE="SimpleCache",
        CACHE_THRESHOLD=settings.cache_max_entries,
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_ENABLED=settings.rate_limit_enabled,
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    cache.init_app(app)
    app.after_request(_tell_quota)
    limiter.init_app(app)
    cors.init_app(app, **_origins(settings.cors_origins))
    store: Any = app.extensions["cache"][cache]
    app.extensions["settings"] = settings
    app.extensions["clock"] = clock
    app.extensions["market"] = Market(
        settings,
        store,
        ThreadPoolExecutor(THREADS, thread_name_prefix="upstream"),
        entries=lambda: len(store._cache),
        clock=clock,
    )
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    openapi.register(app)
    return app


def _tell_quota(response: Response) -> Response:
    if limiter.current_limit:
        response.headers.update(quotas.headers(limiter.current_limit))
    return response


def _origins(setting: str) -> dict[str, Any]:
    """Any origin is answered with `*`, which a shared cache may keep; named ones are repeated."""
    origins = [origin.strip() for origin in setting.split(",")]
    return {"origins": origins, "send_wildcard": origins == ["*"]}
