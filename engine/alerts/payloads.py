"""The bodies of webhooks, and their outbox entries."""

import uuid
from collections.abc import Iterable, Mapping

import orjson

from engine.alerts.evaluation.firing import Firing, Row
from engine.alerts.keeping.records import OutboxEntry
from engine.alerts.notify import Notify
from engine.timestamps import iso

FIRED, UNKNOWN, TEST = "rule.fired", "rule.unknown", "rule.test"


def new_message() -> str:
    """Return an id for a message, which all its attempts and targets share."""
    return f"msg_{uuid.uuid4().hex}"


def of_firing(firing: Firing) -> bytes:
    """Return the body for a rule that fired, or that has been unknown for `unknownAfterSeconds`."""
    about: dict[str, object] = {"ruleId": firing.rule, "name": firing.name}
    if firing.reason is None:
        about["firedAt"] = iso(firing.at)
    else:
        about["reason"] = firing.reason
    about |= {"cursor": firing.cursor, "values": firing.values}
    return _body(FIRED if firing.reason is None else UNKNOWN, firing.at, about)


def of_test(rule: str, name: str, values: Mapping[str, float], now: float) -> bytes:
    """Return the body of a test, with the last known values."""
    rows: list[Row] = [
        {"operand": operand, "value": value, "sources": [], "time": None} for operand, value in values.items()
    ]
    return _body(TEST, now, {"ruleId": rule, "name": name, "firedAt": None, "cursor": None, "values": rows})


def outbox_entries(body: bytes, rule: str, targets: Iterable[Notify], now: float) -> tuple[OutboxEntry, ...]:
    """Return one entry for each target, all under a new message id."""
    message = new_message()
    return tuple(OutboxEntry(message, rule, place, notify, body, now) for place, notify in enumerate(targets))


def _body(kind: str, now: float, data: Mapping[str, object]) -> bytes:
    return orjson.dumps({"type": kind, "timestamp": iso(now), "data": data})
