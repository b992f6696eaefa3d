"""What is counted, for a Prometheus that may know it."""

import hmac
import threading
import time
from collections.abc import Callable

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from engine.errors import ApiError
from engine.web.access.limiter import limiter

AT_ONCE = 20
PERIOD = 1.0
"""So often the numbers are put together in a row, and once more after so many seconds each. Who asks more
often is told what was told last, so that nobody can keep a worker busy with it."""

bp = Blueprint("metrics", __name__)
limiter.exempt(bp)


class Exposition:
    """The numbers as ready bytes, which `make` puts together as often as it may."""

    def __init__(self, make: Callable[[], bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._make, self._clock = make, clock
        self._lock = threading.Lock()
        self._left, self._since = float(AT_ONCE), clock()
        self._told = b""

    def told(self) -> bytes:
        """Return the numbers of now, or the last ones; one caller makes them, the others wait."""
        with self._lock:
            now = self._clock()
            self._left = min(AT_ONCE, self._left + (now - self._since) / PERIOD)
            self._since = now
            if self._left >= 1:
                self._left -= 1
                self._told = self._make()
            return self._told


@bp.record
def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions["exposition"] = Exposition(state.app.extensions["metrics"].told)


class WrongToken(ApiError):
    """`METRICS_TOKEN` is set, and was not sent."""

    code = "UNAUTHORIZED"
    status = 401


@bp.get("/metrics")
def get_metrics() -> Response:
    """Everything that is counted, in Prometheus's own text."""
    token = current_app.extensions["settings"].metrics_token
    if token is not None and not _is_sent(token):
        raise WrongToken("The metrics are for those who know the token")
    told = current_app.extensions["exposition"].told()
    return Response(told, headers={"Cache-Control": "no-store"}, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _is_sent(token: str) -> bool:
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), token.encode())
