"""The metrics, for Prometheus."""

import hmac

from flask import Blueprint, Response, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from engine.errors import ApiError
from engine.web.access.limiter import limiter
from engine.web.services import current_services

bp = Blueprint("metrics", __name__)
limiter.exempt(bp)


class WrongToken(ApiError):
    """`METRICS_TOKEN` is set, and the request has another token or none."""

    code = "UNAUTHORIZED"
    status = 401


@bp.get("/metrics")
def get_metrics() -> Response:
    """Get all metrics in Prometheus's text format."""
    services = current_services()
    token = services.settings.metrics_token
    if token is not None and not _is_sent(token):
        raise WrongToken("The metrics need the token of METRICS_TOKEN")
    text = services.exposition.text()
    return Response(text, headers={"Cache-Control": "no-store"}, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _is_sent(token: str) -> bool:
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), token.encode())
