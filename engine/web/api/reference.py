"""The providers."""

from flask import Blueprint

from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._status_rows import provider_row
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from schemas import ProviderRow

bp = Blueprint("market", __name__, url_prefix="/api")


@bp.get("/providers")
@limiter.limit(quota("default"))
@endpoint(answer=ProviderRow, many=True)
def get_providers() -> list[dict[str, object]]:
    """Get every provider with its state: a bare array."""
    return [provider_row(one) for one in current_services().market.status.providers()]
