"""Alert rules of the owners of keys."""

from flask import Blueprint, Response

from engine.alerts.keeping.records import Attempt, KeptRule
from engine.alerts.rule_service import RuleService
from engine.timestamps import iso
from engine.web.access.admission import KeyNeeded
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota
from engine.web.api._tables import table
from engine.web.endpoint import endpoint, feature
from engine.web.negotiation import is_csv
from engine.web.services import current_services
from schemas import (
    DeliveriesAnswer,
    DeliveriesQuery,
    NewRuleAnswer,
    RuleAnswer,
    RuleBody,
    RuleChange,
    RuleQuery,
    RulesAnswer,
    RuleTestAnswer,
    SecretAnswer,
    TableQuery,
)

bp = Blueprint("alert_rules", __name__, url_prefix="/api")
Row = dict[str, object]
RULE_COLUMNS = ("id", "name", "on", "repeat", "state", "reason", "createdAt", "firedAt", "endedAt")
DELIVERY_COLUMNS = ("id", "time", "attempt", "status", "outcome", "nextAttempt")
"""The columns of tables: members of a row that are neither lists nor objects."""
NOTHING: Row = {}
"""The answer without a body."""


@bp.post("/alert-rules")
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(body=RuleBody, answer=NewRuleAnswer, statuses=(201,), failures=(404, 422, 507), keyed=True)
def add_rule(**given: object) -> tuple[Row, int]:
    """Create a rule that sends alerts when its condition turns true. Needs a key.

    The answer has the secret that signs the webhooks of this rule. It is shown only here.
    """
    owner = _owner()
    kept = _rules().add(owner, given, caller().limits.rules)
    return {"success": True, "data": {**_row(kept), "secret": kept.secrets[0]}}, 201


@bp.get("/alert-rules")
@bp.get("/alert-rules.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(query=TableQuery, answer=RulesAnswer, failures=(503,), keyed=True, csv=True)
def get_rules(form: str | None) -> Response | Row:
    """Get all rules of the key's owner with their states. Needs a key."""
    rows = [_row(kept) for kept in _rules().rules(_owner())]
    return table(RULE_COLUMNS, rows) if is_csv(form) else {"success": True, "data": rows}


@bp.get("/alert-rules/<id>")
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(query=RuleQuery, answer=RuleAnswer, failures=(503,), keyed=True)
def get_rule(id: str) -> Row:  # noqa: A002 - the name of the parameter
    """Get a rule with its state. Needs its owner's key."""
    return {"success": True, "data": _row(_rules().rule(_owner(), id))}


@bp.patch("/alert-rules/<id>")
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(query=RuleQuery, body=RuleChange, answer=RuleAnswer, failures=(507,), keyed=True)
def change_rule(id: str, **given: object) -> Row:  # noqa: A002 - the name of the parameter
    """Replace members of a rule. With another condition it begins anew. Needs its owner's key."""
    return {"success": True, "data": _row(_rules().change(_owner(), id, given))}


@bp.delete("/alert-rules/<id>")
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(query=RuleQuery, answer=NOTHING, statuses=(204,), failures=(503, 507), keyed=True)
def delete_rule(id: str) -> object:  # noqa: A002 - the name of the parameter
    """Delete a rule with its deliveries. Needs its owner's key."""
    _rules().remove(_owner(), id)
    return _nothing()


@bp.post("/alert-rules/<id>/test")
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(query=RuleQuery, answer=RuleTestAnswer, statuses=(202,), failures=(503, 507), keyed=True)
def test_rule(id: str) -> tuple[Row, int]:  # noqa: A002 - the name of the parameter
    """Send a test to the targets of a rule. Needs its owner's key."""
    return {"success": True, "data": {"id": _rules().test(_owner(), id)}}, 202


@bp.get("/alert-rules/<id>/deliveries")
@bp.get("/alert-rules/<id>/deliveries.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(query=DeliveriesQuery, answer=DeliveriesAnswer, failures=(503,), keyed=True, csv=True)
def get_deliveries(id: str, form: str | None) -> Response | Row:  # noqa: A002 - the name of the parameter
    """Get the attempts to deliver a rule's alerts in the last 30 days. Needs its owner's key."""
    rows = [_delivery(it) for it in _rules().attempts(_owner(), id)]
    return table(DELIVERY_COLUMNS, rows) if is_csv(form) else {"success": True, "data": rows}


@bp.post("/alert-rules/<id>/secret")
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(query=RuleQuery, answer=SecretAnswer, statuses=(201,), failures=(422, 503, 507), keyed=True)
def add_secret(id: str) -> tuple[Row, int]:  # noqa: A002 - the name of the parameter
    """Get a second secret for a rule. Both sign until the older one is ended. Needs its owner's key."""
    return {"success": True, "data": {"secret": _rules().add_secret(_owner(), id)}}, 201


@bp.delete("/alert-rules/<id>/secret")
@limiter.limit(quota("default"))
@feature("alerts_enabled")
@endpoint(query=RuleQuery, answer=NOTHING, statuses=(204,), failures=(503, 507), keyed=True)
def end_secret(id: str) -> object:  # noqa: A002 - the name of the parameter
    """End the older of two secrets of a rule. Needs its owner's key."""
    _rules().end_secret(_owner(), id)
    return _nothing()


def _owner() -> str:
    """Return the name of the caller's key. Raises an `ApiError` without one."""
    name = caller().name
    if name is None:
        raise KeyNeeded("Alert rules need an API key")
    return name


def _rules() -> RuleService:
    return current_services().alert_rules


def _nothing() -> Response:
    return Response(status=204, headers={"Cache-Control": "no-store"})


def _row(it: KeptRule) -> Row:
    memory = it.memory
    return {
        "id": it.id,
        **it.given,
        "state": memory.state,
        "reason": it.ended_reason or memory.reason or None,
        "createdAt": iso(it.created),
        "firedAt": None if memory.fired is None else iso(memory.fired),
        "endedAt": None if it.ended is None else iso(it.ended),
    }


def _delivery(it: Attempt) -> Row:
    return {
        "id": it.message,
        "time": iso(it.time),
        "attempt": it.number,
        "status": it.status,
        "outcome": it.outcome,
        "nextAttempt": None if it.due is None else iso(it.due),
    }
