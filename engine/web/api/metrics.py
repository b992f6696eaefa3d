"""What is counted, for a Prometheus that may know it."""

import hmac

from flask import Blueprint, Response, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from engine.errors import ApiError
from engine.web.access.limiter import limiter
from engine.web.services import current_services

bp = Blueprint("metrics", __name__)
limiter.exempt(bp)


class WrongToken(ApiError):
    """`METRICS_TOKEN` is set, and was not sent."""

    code = "UNAUTHORIZED"
    status = 401


@bp.get("/metrics")
def get_metrics() -> Response:
    """Everything that is counted, in Prometheus's own text."""
    services = current_services()
    token = services.settings.metrics_token
    if token is not None and not _is_sent(token):
        raise WrongToken("The metrics are for those who know the token")
    told = services.exposition.text()
    return Response(told, headers={"Cache-Control": "no-store"}, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _is_sent(token: str) -> bool:
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), token.encode())
