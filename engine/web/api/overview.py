"""The market overview."""

from flask import Blueprint

from engine.cache.answers import Answer
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from schemas import OverviewAnswer

bp = Blueprint("overview", __name__, url_prefix="/api/market")


@bp.get("/overview")
@limiter.limit(quota("default"))
@endpoint(answer=OverviewAnswer)
def get_overview() -> Answer:
    """Get totals by the median of their providers, the top movers, and trending coins."""
    return current_services().market.overview.serve()
