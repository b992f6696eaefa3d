"""The extensions, still unbound: `create_app` binds them to an application."""

import time

from flask import Response, current_app
from flask_caching import Cache
from flask_cors import CORS
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from werkzeug.local import LocalProxy

from engine.errors import rate_limited
from engine.market import Market

cache = Cache()
cors = CORS()


def _over_the_limit(limit: RequestLimit) -> Response:
    return rate_limited(max(1, limit.reset_at - int(time.time())))


limiter = Limiter(
    get_remote_address,
    headers_enabled=True,
    strategy="sliding-window-counter",
    on_breach=_over_the_limit,
)


def _market() -> Market:
    market: Market = current_app.extensions["market"]
    return market


market: Market = LocalProxy(_market)  # type: ignore[assignment]
"""The use cases of the application at hand."""


def quota(name: str) -> "LocalQuota":
    """How often one client may call the endpoint `name`: `RATE_LIMIT_<NAME>` a minute."""
    return LocalQuota(name)


class LocalQuota:
    """Reads the limit when it is needed, since extensions are declared before there are settings."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self) -> str:
        return f"{getattr(current_app.extensions['settings'], f'rate_limit_{self._name}')} per minute"
