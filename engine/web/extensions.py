"""The extensions, still unbound: `create_app` binds them to an application."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import current_app
from flask_caching import Cache
from flask_cors import CORS
from flask_limiter import Limiter
from werkzeug.local import LocalProxy

from engine.market import Market
from engine.upstream.host_clock import HostClock
from engine.web.access import quotas

View = TypeVar("View", bound=Callable[..., Any])


class NamedLimiter(Limiter):
    """Leaves on each view the name of its quota, for the document."""

    def limit(self, quota: Callable[[], str]) -> Callable[[View], View]:  # type: ignore[override]
        """A decorator: the view is counted by `quota`."""
        decorate = super().limit(quota)

        def limited(view: View) -> View:
            made: Any = decorate(view)
            made.quota = getattr(quota, "quota", None)
            return cast(View, made)

        return limited


cache = Cache()
cors = CORS()
limiter = NamedLimiter(quotas.bucket, strategy="sliding-window-counter", on_breach=quotas.refuse)
limiter.request_filter(quotas.is_unlimited)


def _market() -> Market:
    market: Market = current_app.extensions["market"]
    return market


market: Market = LocalProxy(_market)  # type: ignore[assignment]
"""The use cases of the application at hand."""


def host_clock() -> HostClock:
    """The clock of the application at hand."""
    clock: HostClock = current_app.extensions["clock"]
    return clock
