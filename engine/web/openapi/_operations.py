"""One operation for each endpoint: its parameters, answer, failures and quota."""

import inspect
from typing import Any, get_type_hints

from flask import Flask, Response
from werkzeug.routing import Rule

from engine.cache.answers import Answer
from engine.config import Settings
from engine.web.negotiation import CSV, JSON
from engine.web.openapi import _examples, _failures, _headers, _parameters, _rules, _samples, _tags
from engine.web.services import services_of

ALWAYS = (400, 405, 413, 414, 431, 500)
"""Failures of every endpoint."""
UNSERVED = (414, 431)
"""Failures that precede an endpoint whose own failures all have one status."""
TABLE = {"schema": {"type": "string", "description": "RFC 4180, with a header line"}}
NO_CONTENT = 204
NO_BODY = "The client has this answer: its tag still matches"


def operations(view: Any, rule: Rule, app: Flask) -> dict[str, Any]:
    """Return the operations at a rule, by method."""
    method = _rules.method(rule).lower()
    return {method: _operation(view, rule, app, method)}


def request(view: Any, rule: Rule) -> tuple[str, dict[str, str], Any]:
    """Return the sample request: path, query and body."""
    values = _parameters.sample(view.query)
    written = _rules.path(rule)
    for name in _rules.path_names(rule):
        written = written.replace(f"{{{name}}}", values.pop(name))
    return written, values, getattr(view.body, "example", None)


def _operation(view: Any, rule: Rule, app: Flask, method: str) -> dict[str, Any]:
    summary, description = _rules.summary_and_description(view)
    name = _rules.operation_id(rule)
    quota: str | None = getattr(view, "quota", None)
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": _rules.title(summary, rule, app),
        "description": f"{description}\n\n{_quota(quota, services_of(app).settings)}".strip(),
        "tags": [_tags.of(_rules.blueprint(rule))],
        "parameters": [
            *_parameters.path(view.query, _rules.path_names(rule)),
            *_parameters.query(view.query, rule.arguments),
        ],
        "responses": _responses(view, name, rule),
        "x-codeSamples": []
        if _is_endless(view)
        else _samples.samples(
            method,
            *request(view, rule),
            form="text" if _rules.is_table(rule) or _is_file(view) or NO_CONTENT in view.statuses else "json",
            keyed=view.keyed,
        ),
    }
    if view.keyed or not quota:
        operation["security"] = [{"bearer": []}] if view.keyed else []
    if view.fails_with is not None:
        operation["x-failures"] = {"status": view.fails_with}
    if quota:
        operation["x-quota"] = {"setting": f"RATE_LIMIT_{quota.upper()}", "perSeconds": 60}
    if view.body:
        content: dict[str, Any] = {"schema": view.body, "example": view.body.example}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    return operation


def _quota(quota: str | None, settings: Settings) -> str:
    if quota is None:
        return "Not limited."
    most = getattr(settings, f"rate_limit_{quota}")
    return f"Quota: {most} requests a minute (`RATE_LIMIT_{quota.upper()}`)."


def _responses(view: Any, name: str, rule: Rule) -> dict[str, Any]:
    schema = {"type": "array", "items": view.answer} if view.many else view.answer
    content: dict[str, Any] = {"schema": schema}
    if (example := _examples.answer(name)) is not None:
        content["example"] = example
    if view.fails_with == 200:
        content["schema"] = {"oneOf": [schema, view.failure]}
    media = view.answer.get("x-media-type", JSON) if isinstance(view.answer, dict) else JSON
    contents = {} if _rules.is_table(rule) else dict.fromkeys(_file_types(view) or [media], content)
    contents |= {CSV: TABLE} if view.csv or CSV in contents else {}
    good = {"description": "OK", "content": contents, "headers": _response_headers(view)}
    responses: dict[str, Any] = {"200": good}
    if NO_CONTENT in view.statuses:
        done = {"description": "Done; there is no body", "headers": _response_headers(view)}
        return {str(NO_CONTENT): done} | _failures.responses(_failing(view), view.failure)
    if _is_cached(view):
        groups = [_headers.CACHED, _headers.TAGGED, _headers.QUOTA]
        kept = _headers.references(*groups, _headers.TABLE if view.csv else {})
        responses["304"] = {"description": NO_BODY, "headers": kept}
    for status in view.statuses:
        responses[str(status)] = {**good, "description": "The same with another status"}
    if isinstance(view.answer, dict):
        done = {"description": "Accepted; there is no body", "headers": _response_headers(view)}
        responses |= {str(status): done for status in view.answer.get("x-without-body", ())}
    if view.fails_with is not None:
        return responses | _failures.responses((405,), view.failure) | _failures.references(UNSERVED)
    return responses | _failures.responses(_failing(view), view.failure)


def _response_headers(view: Any) -> dict[str, Any]:
    groups = [_headers.QUOTA] if getattr(view, "quota", None) else []
    if _is_cached(view):
        groups += [_headers.CACHED, _headers.TAGGED]
    if view.csv:
        groups += [_headers.TABLE]
    if _is_file(view):
        groups += [_headers.FILE]
    elif _is_streamed(view):
        groups += [_headers.STREAMED]
    elif _is_translated(view):
        groups += [_headers.CACHED, _headers.TRANSLATED]
    groups += [_headers.of(view.failure)]
    if view.fails_with == 200 or (isinstance(view.answer, dict) and "oneOf" in view.answer):
        groups += [_headers.RETRY]  # the body may be a failure, despite the status
    return _headers.references(*groups)


def _failing(view: Any) -> set[int]:
    failing = {*ALWAYS, *view.failures}
    if getattr(view, "quota", None):
        failing |= {401, 429}
    if getattr(view, "feature", None):
        failing.add(404)
    if view.body:
        failing |= {408, 503}
    if _is_cached(view) or (_is_translated(view) and not _is_file(view)):
        failing.add(503)
    if _is_cached(view) and _has_candles(view):
        failing.add(422)
    return failing


def _is_cached(view: Any) -> bool:
    """Return whether the view returns a ready answer."""
    return get_type_hints(inspect.unwrap(view)).get("return") is Answer


def _is_translated(view: Any) -> bool:
    """Return whether the view returns ready answers in another shape, or an empty result."""
    return get_type_hints(inspect.unwrap(view)).get("return") is Response


def _file_types(view: Any) -> list[str]:
    """Return the media types of the files that the view sends."""
    return view.answer.get("x-media-types", []) if isinstance(view.answer, dict) else []


def _is_file(view: Any) -> bool:
    """Return whether the view sends a file."""
    return isinstance(view.answer, dict) and view.answer.get("format") == "binary"


def _is_streamed(view: Any) -> bool:
    """Return whether the view answers with server-sent events."""
    return isinstance(view.answer, dict) and view.answer.get("x-media-type") == "text/event-stream"


def _is_endless(view: Any) -> bool:
    """Return whether the view begins a stream, which a sample would read for ever."""
    return isinstance(view.answer, dict) and view.answer.get("x-endless", False)


def _has_candles(view: Any) -> bool:
    return "interval" in view.query().fields
