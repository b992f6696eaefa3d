"""The services of an application in one typed object, which `create_app` builds and views look up."""

import msgspec
from flask import Flask, current_app

from engine.alerts.rule_service import RuleService
from engine.catalogue.current import CurrentCatalogue
from engine.config import Settings
from engine.history.archive import Archive
from engine.jobs.alerting import Alerting
from engine.jobs.backfilling import Backfilling
from engine.jobs.cataloguing import Cataloguing
from engine.jobs.publishing import Publishing
from engine.jobs.recording import Recording
from engine.jobs.requested_refresh import RequestedRefresh
from engine.jobs.warming import Warming
from engine.market import Market
from engine.market.history_access import HistoryAccess
from engine.store import Store
from engine.streaming.service import Streaming
from engine.telemetry.metrics import Metrics
from engine.upstream.host_clock import HostClock
from engine.web.access.callers import Callers
from engine.web.access.waiting import Waiting
from engine.web.capacity import Capacity
from engine.web.cors import Origins
from engine.web.exposition import Exposition
from engine.web.packed import KeptLists

KEY = "engine"
"""The name under which an application keeps its services."""


class Services(msgspec.Struct, frozen=True):
    """Everything that requests, background jobs and server hooks share within one worker."""

    settings: Settings
    clock: HostClock
    store: Store
    market: Market
    catalogue: CurrentCatalogue
    cataloguing: Cataloguing
    archive: Archive
    recording: Recording
    backfilling: Backfilling
    history: HistoryAccess
    metrics: Metrics
    exposition: Exposition
    warming: Warming
    requested_refresh: RequestedRefresh
    callers: Callers
    streaming: Streaming | None
    """`None` where streams are switched off."""
    publishing: Publishing
    alert_rules: RuleService
    alerting: Alerting
    origins: Origins
    lists: KeptLists
    waiting: Waiting
    """The requests that wait for their quota."""
    bodies: Capacity
    """The memory that all request bodies share."""


def bind(app: Flask, services: Services) -> None:
    """Give `services` to `app`, for `services_of` to find."""
    app.extensions[KEY] = services


def services_of(app: Flask) -> Services:
    """Return the services of `app`."""
    services: Services = app.extensions[KEY]
    return services


def current_services() -> Services:
    """Return the services of the application that handles the current request."""
    return services_of(current_app)
