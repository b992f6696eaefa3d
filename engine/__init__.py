"""The engine: use cases over the providers, and their HTTP interface."""

import engine.libraries  # before any other module imports them
import engine.web.libraries  # noqa: F401

# isort: split
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from engine.alerts.building import Sources, build
from engine.alerts.rule_service import RuleService
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.facts import read_facts
from engine.catalogue.snapshot import Snapshot, UnreadableSnapshot, read_snapshot
from engine.config import Settings, load_settings
from engine.config.tiers import Tiers
from engine.history.archive import Archive
from engine.history.recorder import Recorder
from engine.jobs.alerting import Alerting
from engine.jobs.backfilling import Backfilling
from engine.jobs.cataloguing import Cataloguing
from engine.jobs.kept_bindings import KeptBindings
from engine.jobs.publishing import Publishing
from engine.jobs.recording import Recording
from engine.jobs.requested_refresh import RequestedRefresh
from engine.jobs.warming import Warming
from engine.market import Market
from engine.market.candles.corrections import Corrections
from engine.market.candles.history import History
from engine.market.history_access import HistoryAccess
from engine.store import Store, backends
from engine.streaming.log import KEPT
from engine.streaming.service import Streaming
from engine.telemetry import logs
from engine.telemetry.event_log import Events
from engine.telemetry.metrics import Metrics
from engine.upstream.host_clock import HostClock
from engine.version import VERSION
from engine.web import access_log, compat, errors, hardening, mcp, openapi, pages, responses
from engine.web.access import admission
from engine.web.access.callers import Callers
from engine.web.access.keys import Keys
from engine.web.access.limiter import configuration, limiter
from engine.web.access.waiting import Waiting
from engine.web.api import BLUEPRINTS
from engine.web.api._catalogue_metrics import CatalogueCollector, Collectors
from engine.web.api._history_metrics import HistoryCollector
from engine.web.api._provider_metrics import ProviderCollector
from engine.web.bodies import body_capacity
from engine.web.cors import Origins
from engine.web.exposition import Exposition
from engine.web.extensions import cache, cors
from engine.web.layers import layered
from engine.web.packed import KeptLists
from engine.web.routing import Route
from engine.web.services import Services, bind
from engine.web.streaming import bp as streams
from providers import ASSET_BY_NAME

REFRESHES_AT_ONCE = 16
"""How many answers are refreshed in the background at once. Threads start when they are needed."""

__all__ = ["__version__", "create_app"]

__version__ = VERSION

log = logging.getLogger(__name__)


def create_app(
    clock: Callable[[], float] = time.time,
    settings: Settings | None = None,
    *,
    sleep: Callable[[float], None] = time.sleep,
    **overrides: Any,
) -> Flask:
    """Build the application: the only place where the services are put together.

    `settings` default to those in the environment; `overrides` replace single ones. Raises `SettingsError`.
    `sleep` is how requests wait for their quota.
    Background jobs do not run yet: the server starts those of `services_of(app)` in its workers.
    """
    settings = load_settings(**overrides) if settings is None else replace(settings, **overrides)
    logs.configure(settings.log_level, settings.log_format)
    app = Flask(__name__, static_folder=None, template_folder="web/openapi/templates")
    app.url_map.strict_slashes = False
    app.url_rule_class = Route
    app.config.update(configuration(settings))
    cache.init_app(app)
    origins = Origins(settings.cors_origins).bind(app)
    store = backends.store(settings, app.extensions["cache"][cache])
    services = _services(settings, store, origins, clock, Waiting(sleep))
    bind(app, services)
    access_log.register(app)
    cors.init_app(app, **origins.options)
    app.after_request(responses.compress)
    hardening.register(app, settings)
    admission.register(app)
    limiter.init_app(app)
    if limiter.enabled:
        store.include(limiter.storage)
    errors.register(app)
    for blueprint in (*BLUEPRINTS, streams, mcp.bp, *compat.BLUEPRINTS):
        app.register_blueprint(blueprint)
    app.register_blueprint(pages.bp)
    openapi.register(app)
    app.wsgi_app = layered(app, services, clock)  # type: ignore[assignment,method-assign]
    return app


def _services(
    settings: Settings, store: Store, origins: Origins, clock: Callable[[], float], waiting: Waiting
) -> Services:
    metrics = Metrics(settings.prometheus_multiproc_dir)
    events = Events(store, metrics.count)
    host_clock = HostClock(clock, events.publish)
    refreshes = ThreadPoolExecutor(REFRESHES_AT_ONCE, thread_name_prefix="refresh")
    catalogue = CurrentCatalogue(store, read_facts(), _snapshot(settings), strict=settings.catalogue_strict)
    counts = backends.counts(settings)
    store.include(counts)
    archive = Archive(settings, clock)
    corrections = Corrections(store, clock)
    recorder = Recorder(archive, corrections.note)
    lasting = [ASSET_BY_NAME[code].id for code in settings.history_symbols]
    history = History(archive, recorder, lasting, corrections.concern)
    market = Market(settings, store, counts, refreshes, events, catalogue, history, clock=host_clock)
    collectors = Collectors(
        ProviderCollector(market, store), CatalogueCollector(catalogue), HistoryCollector(archive)
    )
    metrics.begin((upstream.name for upstream in market.upstreams), collectors)
    cataloguing = Cataloguing(
        catalogue,
        market.upstreams,
        store,
        settings,
        clock,
        lambda: market.answers.asked,
        events.publish,
        KeptBindings(archive, lambda: market.answers.hit_rate is not None),
    )
    tiers = Tiers.load(settings.tiers_file, settings.rate_limit_default)
    callers = Callers(Keys(settings.api_keys_file, tiers=tiers.names), store, tiers)
    streaming = None
    if settings.stream_enabled:
        sequence, places = backends.sequence(settings, KEPT), backends.places(settings)
        streaming = Streaming(
            settings, market, catalogue, counts, host_clock, callers.is_known, sequence, places
        )
    feeding = streaming if settings.worker_class == "gevent" else None
    alerts = build(settings, Sources(market, catalogue, feeding, host_clock, callers.names), metrics.alerts)
    alerting = Alerting(alerts.access, alerts.begin, metrics.alerts)
    alert_rules = RuleService(alerts.access, alerts.sending, catalogue, alerting.look)
    return Services(
        settings=settings,
        clock=host_clock,
        store=store,
        market=market,
        catalogue=catalogue,
        cataloguing=cataloguing,
        archive=archive,
        recording=Recording(archive, recorder),
        backfilling=Backfilling(archive, market),
        history=HistoryAccess(archive, catalogue, lasting),
        metrics=metrics,
        exposition=Exposition(metrics.exposition),
        warming=Warming(market, store, settings, clock),
        requested_refresh=RequestedRefresh(market, store, settings.cache_warming_symbols, clock),
        callers=callers,
        streaming=streaming,
        publishing=Publishing(streaming, metrics.streams),
        alert_rules=alert_rules,
        alerting=alerting,
        origins=origins,
        lists=KeptLists(),
        waiting=waiting,
        bodies=body_capacity(),
    )


def _snapshot(settings: Settings) -> Snapshot | None:
    """Return the configured snapshot, `None` without a readable one: the pinned coins always work."""
    if settings.catalogue_snapshot is None:
        return None
    try:
        return read_snapshot(Path(settings.catalogue_snapshot))
    except UnreadableSnapshot as error:
        log.warning("CATALOGUE_SNAPSHOT is not used: %s", error)
        return None
