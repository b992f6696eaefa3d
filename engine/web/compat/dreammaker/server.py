"""The state of the engine."""

from collections import Counter

from flask import Blueprint, current_app
from marshmallow import EXCLUDE

from engine.timestamps import iso
from engine.version import VERSION
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._status_rows import health_word
from engine.web.endpoint import endpoint
from engine.web.openapi import SUMMARY, TITLE, paths
from engine.web.services import current_services
from schemas.compat.dreammaker import BudgetRow, Info, RefreshBody, RefreshReport, Status, UpOrDegraded

health = Blueprint("dreammaker_health", __name__)
limiter.exempt(health)
bp = Blueprint("dreammaker", __name__)


@health.get("/health")
@endpoint(answer=UpOrDegraded, unknown=EXCLUDE)
def get_up() -> dict[str, object]:
    """Get the state of the engine in one word."""
    state = _state()
    return {**state, "status": "up" if state["status"] == "healthy" else "degraded"}


@bp.get("/info")
@limiter.limit(quota("default"))
@endpoint(answer=Info, unknown=EXCLUDE)
def get_info() -> dict[str, object]:
    """Get the name, the version and all paths of the engine."""
    return {"name": TITLE, "version": VERSION, "description": SUMMARY, "endpoints": paths(current_app)}


@bp.get("/api/status")
@limiter.limit(quota("default"))
@endpoint(answer=Status, unknown=EXCLUDE)
def get_status() -> dict[str, object]:
    """Get the state of the engine, and the number of providers in each state."""
    words = Counter(health_word(one) for one in current_services().market.status.providers())
    counts = {word: words[word] for word in ("healthy", "degraded", "down", "disabled")}
    return {**_state(), "providers": {"total": words.total(), **counts}}


@bp.get("/api/rate-limits")
@limiter.limit(quota("default"))
@endpoint(answer=BudgetRow, many=True, unknown=EXCLUDE)
def get_rate_limits() -> list[dict[str, object]]:
    """Get the remaining budget of each provider: a bare array."""
    return [
        {
            "provider": budget.provider,
            "limit": budget.limit,
            "remaining": budget.remaining,
            "reset_at": iso(budget.resets_at),
        }
        for budget in current_services().market.status.budgets()
    ]


@bp.post("/api/hf/refresh")
@limiter.limit(quota("default"))
@endpoint(body=RefreshBody, answer=RefreshReport, failures=(503,), unknown=EXCLUDE)
def refresh() -> dict[str, object]:
    """Refresh prices and the usual candles, once a minute for all clients together."""
    result = current_services().requested_refresh.refresh()
    return {
        "refreshed": result.done,
        "pending": result.pending,
        "failed": result.failed,
        "retry_after": result.wait,
        "timestamp": iso(current_services().market.now()),
    }


def _state() -> dict[str, object]:
    """Return the health of the engine, without its lists."""
    health = current_services().market.health()
    return {
        "status": health.status,
        "version": VERSION,
        "uptime": health.uptime,
        "timestamp": iso(int(health.time)),
    }
