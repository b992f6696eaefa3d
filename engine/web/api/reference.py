"""The providers."""

from flask import Blueprint, Response

from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._status_rows import provider_row
from engine.web.api._tables import table
from engine.web.endpoint import endpoint
from engine.web.negotiation import is_csv
from engine.web.services import current_services
from schemas import ProviderRow, TableQuery

bp = Blueprint("market", __name__, url_prefix="/api")


COLUMNS = ("name", "enabled", "priority", "status", "state", "latencyMs")
"""The columns of a table: all members of a row but its lists and objects."""


@bp.get("/providers")
@bp.get("/providers.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@endpoint(query=TableQuery, answer=ProviderRow, many=True, csv=True)
def get_providers(form: str | None) -> Response | list[dict[str, object]]:
    """Get every provider with its state: a bare array."""
    rows = [provider_row(one) for one in current_services().market.status.providers()]
    return table(COLUMNS, rows) if is_csv(form) else rows
