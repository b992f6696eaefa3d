"""What a caller may ask for, and what it has used."""

import re

from flask import Blueprint, current_app, request
from werkzeug.routing import Rule

from engine.config.tiers import ANONYMOUS
from engine.timestamps import iso
from engine.web.access import quotas
from engine.web.access.admission import counted
from engine.web.access.callers import Caller, sent_key
from engine.web.access.exported_rows import exported_rows
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from schemas import AccountAnswer

KINDS = ("ohlcv", "prices", "sentiment", "default")
VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
"""A part of a path that varies."""

bp = Blueprint("account", __name__, url_prefix="/api")


@bp.get("/account")
@limiter.limit(quota("default"))
@endpoint(answer=AccountAnswer)
def get_account() -> dict[str, object]:
    """Get the tier of the caller, its limits, and what is used of them."""
    asking, services = caller(), current_services()
    text = sent_key(request.environ)
    key = None if text is None else services.callers.find_key(text)
    streaming = services.streaming
    data = {
        "name": asking.name,
        "tier": asking.tier or ANONYMOUS,
        "expires": None if key is None or key.expires is None else iso(key.expires),
        "limits": _limits(asking),
        "used": {
            "requests": _requests(asking),
            "streams": 0 if streaming is None else streaming.clients.of_owner(asking.owner),
            "exportRows": exported_rows(asking),
            "alertRules": 0 if asking.name is None else services.alert_rules.count(asking.name),
        },
    }
    return {"success": True, "data": data}


def _limits(asking: Caller) -> dict[str, object]:
    settings, times, tier = current_services().settings, asking.times, asking.limits
    counts = limiter.enabled and times is not None
    return {
        "requestsPerMinute": {
            kind: quotas.amount(settings, kind, times or 1) if counts else None for kind in KINDS
        },
        "seriesPerBatch": tier.series,
        "streams": tier.streams,
        "channelsPerStream": tier.channels,
        "historyDays": tier.days,
        "exportRowsPerDay": tier.rows,
        "alertRules": tier.rules,
    }


def _requests(asking: Caller) -> dict[str, int]:
    """Return how many requests of each endpoint are counted within a minute, where there are any."""
    if not limiter.enabled or asking.times is None:
        return {}
    views = current_app.view_functions
    rules: dict[str, Rule] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda it: len(it.rule), reverse=True):
        rules[rule.endpoint] = rule  # the shortest of an endpoint's paths
    used = {
        _shown(rule): _used(asking, name, endpoint)
        for endpoint, rule in sorted(rules.items())
        if (name := getattr(views[endpoint], "quota", None)) is not None
    }
    return {path: requests for path, requests in used.items() if requests}


def _used(asking: Caller, name: str, scope: str) -> int:
    services = current_services()
    item = quotas.item(quotas.text(services.settings, name, asking.times))
    return counted(services.callers, lambda strategy: quotas.used(strategy, item, asking.bucket, scope))


def _shown(rule: Rule) -> str:
    """Return an endpoint as the documents write it."""
    method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
    path = VARIABLE.sub(r"{\1}", rule.rule)
    return f"{method} {path}"
