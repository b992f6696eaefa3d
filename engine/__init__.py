"""The engine: use cases over the providers, and their HTTP interface."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from engine import admission, compat, delivery, errors, hardening, logs, memory, openapi, pages, watch
from engine.api import BLUEPRINTS
from engine.bodies import room_for_bodies
from engine.callers import Callers
from engine.config import Settings
from engine.edge import Edge
from engine.events import Events
from engine.extensions import cache, cors, limiter
from engine.host_clock import HostClock
from engine.keys import Keys
from engine.market import Market
from engine.metrics import Metrics, Standing
from engine.origins import Origins
from engine.refreshing import Refreshing
from engine.warming import Warming
from engine.watch import Watch

REFRESHES_AT_ONCE = 16
"""What is refreshed behind answers at the same time. Threads start when they are needed."""

__all__ = ["create_app"]


def create_app(clock: Callable[[], float] = time.time, **overrides: Any) -> Flask:
    """The application: the only place where everything is put together.

    Settings come from the environment; `overrides` win. Raises `SettingsError`. Nothing runs in the
    background before `app.extensions["warming"].start()`, which the server calls in its worker.
    """
    settings = Settings.load(**overrides)
    logs.configure(settings.log_level, settings.log_format)
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.config.update(memory.configuration(settings))
    cache.init_app(app)
    watch.register(app)
    origins = Origins(settings.cors_origins).bind(app)
    cors.init_app(app, **origins.options)
    app.after_request(delivery.compress)
    hardening.register(app, settings)
    admission.register(app)
    limiter.init_app(app)
    store = memory.store(settings, app.extensions["cache"][cache])
    metrics = Metrics(settings.prometheus_multiproc_dir)
    events = Events(store, metrics.hear)
    host_clock = HostClock(clock, events.tell)
    market = Market(
        settings,
        store,
        memory.counts(settings),
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
