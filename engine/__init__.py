"""The engine: use cases over the providers, and their HTTP interface."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.config import load_settings
from engine.jobs.refreshing import Refreshing
from engine.jobs.warming import Warming
from engine.market import Market
from engine.store import backends
from engine.telemetry import logs
from engine.telemetry.event_log import Events
from engine.telemetry.metrics import Metrics
from engine.upstream.host_clock import HostClock
from engine.web import access_log, compat, errors, hardening, openapi, pages, responses
from engine.web.access import admission
from engine.web.access.callers import Callers
from engine.web.access.keys import Keys
from engine.web.access.limiter import configuration, limiter
from engine.web.access_log import Watch
from engine.web.api import BLUEPRINTS
from engine.web.api._provider_metrics import Standing
from engine.web.bodies import room_for_bodies
from engine.web.cors import Origins
from engine.web.extensions import cache, cors
from engine.web.fast_path import Edge

REFRESHES_AT_ONCE = 16
"""What is refreshed behind answers at the same time. Threads start when they are needed."""

__all__ = ["create_app"]


def create_app(clock: Callable[[], float] = time.time, **overrides: Any) -> Flask:
    """The application: the only place where everything is put together.

    Settings come from the environment; `overrides` win. Raises `SettingsError`. Nothing runs in the
    background before `app.extensions["warming"].start()`, which the server calls in its worker.
    """
    settings = load_settings(**overrides)
    logs.configure(settings.log_level, settings.log_format)
    app = Flask(__name__, static_folder=None, template_folder="web/openapi/templates")
    app.url_map.strict_slashes = False
    app.config.update(configuration(settings))
    cache.init_app(app)
    access_log.register(app)
    origins = Origins(settings.cors_origins).bind(app)
    cors.init_app(app, **origins.options)
    app.after_request(responses.compress)
    hardening.register(app, settings)
    admission.register(app)
    limiter.init_app(app)
    store = backends.store(settings, app.extensions["cache"][cache])
    metrics = Metrics(settings.prometheus_multiproc_dir)
    events = Events(store, metrics.hear)
    host_clock = HostClock(clock, events.tell)
    market = Market(
        settings,
        store,
        backends.counts(settings),
        ThreadPoolExecutor(REFRESHES_AT_ONCE, thread_name_prefix="refresh"),
        events,
        clock=host_clock,
    )
    app.extensions.update(
        settings=settings,
        clock=host_clock,
        market=market,
        metrics=metrics,
        warming=Warming(market, store, settings, clock),
        refreshing=Refreshing(market, store, settings.cache_warming_symbols, clock),
        callers=Callers(Keys(settings.api_keys_file), store),
        origins=origins,
        bodies=room_for_bodies(),
    )
    errors.register(app)
    for blueprint in (*BLUEPRINTS, *compat.BLUEPRINTS):
        app.register_blueprint(blueprint)
    app.register_blueprint(pages.bp)
    openapi.register(app)
    if settings.edge_enabled:
        app.wsgi_app = Edge(app, app.wsgi_app, clock)  # type: ignore[method-assign]
    if settings.trusted_proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxy_hops, x_proto=settings.trusted_proxy_hops
        )
    metrics.begin((upstream.name for upstream in market.upstreams), Standing(market, store))
    app.wsgi_app = Watch(app, app.wsgi_app, metrics)  # type: ignore[method-assign]
    return app
