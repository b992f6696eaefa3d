"""Format alerts as text for chats and mails."""

from collections.abc import Mapping
from typing import Any

import orjson

TITLES = {"rule.fired": "Alert", "rule.unknown": "Alert cannot be judged", "rule.test": "Test of an alert"}


def message_of(body: bytes) -> tuple[str, str]:
    """Return the title and the text for the JSON of a webhook."""
    # The outbox has no typed values: it stores a body as the bytes that are signed and sent, and after a
    # restart another process, perhaps of another release, sends them.
    payload: Mapping[str, Any] = orjson.loads(body)
    data: Mapping[str, Any] = payload.get("data") or {}
    title = f"{TITLES.get(payload.get('type', ''), 'Alert')}: {data.get('name', '')}".removesuffix(": ")
    values = (row for row in data.get("values") or () if isinstance(row, Mapping))
    lines = [_line(row) for row in values]
    for label, name in (("Reason", "reason"), ("At", "firedAt")):
        if data.get(name) is not None:
            lines.append(f"{label}: {data[name]}")
    if payload.get("timestamp") is not None and data.get("firedAt") is None:
        lines.append(f"At: {payload['timestamp']}")
    return title, "\n".join(lines) or title


def _line(row: Mapping[str, Any]) -> str:
    """Return a value with its providers."""
    value = row.get("value")
    text = f"{row.get('operand', '')} = {'unknown' if value is None else value}"
    sources = [str(source) for source in row.get("sources") or ()]
    return f"{text} ({', '.join(sources)})" if sources else text
