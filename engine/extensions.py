"""The extensions, still unbound: `create_app` binds them to an application."""

from flask import current_app
from flask_caching import Cache
from flask_cors import CORS
from flask_limiter import Limiter
from werkzeug.local import LocalProxy

from engine import quotas
from engine.market import Market

cache = Cache()
cors = CORS()
limiter = Limiter(quotas.bucket, strategy="sliding-window-counter", on_breach=quotas.refuse)
limiter.request_filter(quotas.is_unlimited)


def _market() -> Market:
    market: Market = current_app.extensions["market"]
    return market


market: Market = LocalProxy(_market)  # type: ignore[assignment]
"""The use cases of the application at hand."""
