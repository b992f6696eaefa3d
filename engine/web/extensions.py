"""The extensions, still unbound: `create_app` binds them to an application."""

from flask import current_app
from flask_caching import Cache
from flask_cors import CORS
from werkzeug.local import LocalProxy

from engine.market import Market
from engine.upstream.host_clock import HostClock

cache = Cache()
cors = CORS()


def _market() -> Market:
    market: Market = current_app.extensions["market"]
    return market


market: Market = LocalProxy(_market)  # type: ignore[assignment]
"""The use cases of the application at hand."""


def host_clock() -> HostClock:
    """The clock of the application at hand."""
    clock: HostClock = current_app.extensions["clock"]
    return clock
