"""The common steps of all endpoints: read the query, call the use case, send the answer."""

from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any, Literal

import orjson
from flask import Response, request
from marshmallow import RAISE, Schema

from engine.cache.answers import Answer
from engine.errors import FeatureDisabled
from engine.web.query import load
from engine.web.request_body import loaded_body
from engine.web.responses import ANSWER, SCOPE, reply
from engine.web.services import current_services
from schemas import Body, ErrorAnswer, NoQuery

View = Callable[..., object]


def endpoint(
    *,
    query: type[Schema] = NoQuery,
    body: type[Body] | None = None,
    answer: type[Schema] | dict[str, Any],
    many: bool = False,
    statuses: tuple[int, ...] = (),
    failure: type[Schema] = ErrorAnswer,
    failures: tuple[int, ...] = (),
    fails_with: int | None = None,
    unknown: Literal["raise", "exclude"] = RAISE,
    csv: bool = False,
    keyed: bool = False,
) -> Callable[[View], Callable[..., Response]]:
    """Pass a view its validated query and `body` as arguments, and send what it returns.

    `answer` documents the result (`many`: a bare array); a dictionary is a plain OpenAPI schema. `failure`
    documents failures, `failures` their additional statuses, and `fails_with` their status if all have the
    same. An `Answer` or a `Response` is sent as it is; other values are serialised. A pair of a value and a
    status is sent with that status, one of `statuses`. `unknown` says whether unknown parameters and members
    raise or are ignored. `csv` documents that the answer can be had as CSV, too, and `keyed` that
    an API key is needed.
    """
    loader = cache(partial(query, unknown=unknown))  # with the first request: a start has over a hundred
    reader = cache(partial(body, unknown=unknown)) if body else None

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        def wrapped(**path: str) -> Response:
            arguments = load(loader(), request.args, path)
            if reader is None:
                return _varied(_response(view(**arguments)), csv)
            with loaded_body(reader()) as members:
                return _response(view(**arguments, **members))

        wrapped.query, wrapped.answer, wrapped.many = query, answer, many  # type: ignore[attr-defined]
        wrapped.body, wrapped.statuses, wrapped.failure = body, statuses, failure  # type: ignore[attr-defined]
        wrapped.failures, wrapped.fails_with = failures, fails_with  # type: ignore[attr-defined]
        wrapped.csv, wrapped.keyed = csv, keyed  # type: ignore[attr-defined]
        return wrapped

    return decorate


def feature(setting: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Serve an endpoint only while `setting` is true; otherwise answer 404."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def wrapped(**path: str) -> Response:
            if not getattr(current_services().settings, setting):
                raise FeatureDisabled(f"{setting.upper()}=true")
            return view(**path)

        wrapped.feature = setting  # type: ignore[attr-defined]
        return wrapped

    return decorate


def _varied(response: Response, negotiable: bool) -> Response:
    """Say that the answer depends on `Accept` where it can be had as CSV, too."""
    if negotiable:
        response.vary.update(("Accept", "Accept-Encoding"))
    return response


def _response(result: object) -> Response:
    if isinstance(result, Response):
        return result
    if isinstance(result, Answer):
        request.environ[ANSWER], request.environ[SCOPE] = result, request.endpoint
        made = reply(result, current_services().clock(), request.environ)
        response = Response(made.body, made.status, [*made.headers, *made.constant.pairs])
        if not made.body:
            del response.headers["Content-Type"]  # Flask adds one to a 304
        return response
    body, code = result if isinstance(result, tuple) else (result, 200)
    return Response(orjson.dumps(body), code, {"Cache-Control": "no-store"}, mimetype="application/json")
