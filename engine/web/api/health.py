"""Health checks. They have no quota and never wait for a provider."""

from flask import Blueprint

from engine.catalogue.reporting import report as catalogue_report
from engine.web.access.limiter import limiter
from engine.web.api._status_rows import health_report
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from schemas import HealthAnswer, ReadyAnswer

bp = Blueprint("health", __name__, url_prefix="/api/health")
limiter.exempt(bp)


@bp.get("")
@endpoint(answer=HealthAnswer)
def get_health() -> dict[str, object]:
    """Get the state of the engine and its providers."""
    services = current_services()
    report = health_report(services.market.health(), services.settings)
    history = services.archive.report()
    alerts = services.alert_rules.report()
    troubled = {history["state"], alerts["state"]} & {"full", "unavailable"}
    if report["status"] == "healthy" and troubled:
        report["status"] = "degraded"
    about = catalogue_report(services.catalogue)
    return {**report, "catalogue": about, "history": history, "alerts": alerts}


@bp.get("/ready")
@endpoint(answer=ReadyAnswer, statuses=(503,))
def get_ready() -> tuple[dict[str, object], int]:
    """Get whether the engine has data: 503 until then."""
    ready = current_services().market.ready()
    return {"ready": ready}, 200 if ready else 503
