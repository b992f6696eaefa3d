"""Events and alerts."""

from flask import Blueprint
from marshmallow import EXCLUDE

from engine.timestamps import iso
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from schemas.compat.dreammaker import AlertRow, LogRow, LogsQuery

bp = Blueprint("dreammaker_events", __name__, url_prefix="/api")


@bp.get("/logs")
@limiter.limit(quota("default"))
@endpoint(query=LogsQuery, answer=LogRow, many=True, unknown=EXCLUDE)
def get_logs(limit: int) -> list[dict[str, object]]:
    """Get the last events of the engine, the newest first: a bare array."""
    return [
        {
            "timestamp": iso(event.time),
            "level": event.level,
            "message": event.message,
            "provider": event.provider,
            "endpoint": event.endpoint,
        }
        for event in current_services().market.events(limit)
    ]


@bp.get("/alerts")
@limiter.limit(quota("default"))
@endpoint(answer=AlertRow, many=True, unknown=EXCLUDE)
def get_alerts() -> list[dict[str, object]]:
    """Get the current alerts, the most severe first: a bare array."""
    return [
        {
            "id": alert.id,
            "level": alert.level,
            "message": alert.message,
            "timestamp": iso(alert.time),
            "resolved": alert.resolved,
        }
        for alert in current_services().market.status.alerts()
    ]
