"""The WSGI layers around Flask."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.telemetry import tracing
from engine.web.access_log import AccessLog
from engine.web.compat.binance.root import AtRoot
from engine.web.fast_path import FastPath
from engine.web.services import Services
from engine.web.tracing import TracedRequests
from engine.web.versioned import Versioned

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def layered(app: Flask, services: Services, clock: Callable[[], float]) -> "WSGIApplication":
    """Return the layers around `app`; requests pass the last one first."""
    settings, layer = services.settings, app.wsgi_app
    if settings.edge_enabled:
        layer = FastPath(layer, services, clock)
    layer = Versioned(layer)
    if settings.binance_at_root:
        layer = AtRoot(layer)
    if hops := settings.trusted_proxy_hops:
        layer = ProxyFix(layer, x_for=hops, x_proto=hops)
    if tracing.wanted(settings):
        layer = TracedRequests(app, layer)
    return AccessLog(app, layer, services.metrics)
