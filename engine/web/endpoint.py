"""The common steps of all endpoints: read the query, call the use case, send the answer."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Literal

import orjson
from flask import Response, request
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError
from werkzeug.datastructures import MultiDict

from engine.cache.answers import Answer
from engine.errors import FeatureDisabled, InvalidRequest
from engine.web.names import Named, name_pairs
from engine.web.request_body import loaded_body
from engine.web.responses import ANSWER, SCOPE, reply
from engine.web.services import current_services
from schemas import Body, CodedField, ErrorAnswer, NoQuery, shorten

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
) -> Callable[[View], Callable[..., Response]]:
    """Pass a view its validated query and `body` as arguments, and send what it returns.

    `answer` documents the result (`many`: a bare array); a dictionary is a plain OpenAPI schema. `failure`
    documents failures, `failures` their additional statuses, and `fails_with` their status if all have the
    same. An `Answer` or a `Response` is sent as it is; other values are serialised. A pair of a value and a
    status is sent with that status, one of `statuses`. `unknown` says whether unknown parameters and members
    raise or are ignored. `csv` documents that the answer can be had as CSV, too.
    """
    loader = query(unknown=unknown)
    reader = body(unknown=unknown) if body else None

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        def wrapped(**path: str) -> Response:
            arguments = load(loader, request.args, path)
            if reader is None:
                return _response(view(**arguments))
            with loaded_body(reader) as members:
                return _response(view(**arguments, **members))

        wrapped.query, wrapped.answer, wrapped.many = query, answer, many  # type: ignore[attr-defined]
        wrapped.body, wrapped.statuses, wrapped.failure = body, statuses, failure  # type: ignore[attr-defined]
        wrapped.failures, wrapped.fails_with = failures, fails_with  # type: ignore[attr-defined]
        wrapped.csv = csv  # type: ignore[attr-defined]
        return wrapped

    return decorate


def feature(setting: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Serve an endpoint only while `setting` is true; otherwise answer 404."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def wrapped(**path: str) -> Response:
            if not getattr(current_services().settings, setting):
                raise FeatureDisabled(setting.upper())
            return view(**path)

        wrapped.feature = setting  # type: ignore[attr-defined]
        return wrapped

    return decorate


def load(schema: Schema, arguments: MultiDict[str, str], path: Mapping[str, str]) -> dict[str, Any]:
    """Return the validated parameters. Raises `InvalidRequest` with the code of the first invalid one.

    Texts of coins and pairs become what the catalogue says that they mean.
    """
    given = _collect(schema, arguments, path)
    messages: dict[str, Any] = {}
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        loaded = error.valid_data if isinstance(error.valid_data, dict) else {}
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
    services = current_services()
    named = name_pairs(schema, loaded, services.catalogue, services.market.now())
    if not messages and not named.codes:
        return loaded | named.pairs
    wrong = {shorten(name): reasons for name, reasons in {**messages, **named.messages}.items()}
    raise InvalidRequest(
        "The request is not valid", {**named.details, **wrong}, code=_code(schema, messages, named, given)
    )


def _collect(schema: Schema, arguments: MultiDict[str, str], path: Mapping[str, str]) -> dict[str, str]:
    """Return one text for each parameter; only lists may be repeated, as `name=a&name=b` or `name[]=a`."""
    parts: dict[str, list[str]] = {name: [value] for name, value in path.items()}
    for name, values in arguments.lists():
        listed = name.removesuffix("[]")
        plain = listed if listed in schema.fields and hasattr(schema.fields[listed], "maximum") else name
        parts.setdefault(plain, []).extend(values)
    if schema.unknown == EXCLUDE:
        named = {field.data_key or name for name, field in schema.fields.items()}
        parts = {name: values for name, values in parts.items() if name in named}
    wrong = {}
    for name, values in parts.items():
        maximum = getattr(schema.fields.get(name), "maximum", None)
        if maximum is None and len(values) > 1:
            wrong[shorten(name)] = ["is given more than once"]
        elif maximum is not None and sum(value.count(",") + 1 for value in values) > maximum:
            wrong[name] = [f"names more than {maximum}"]
    if wrong:
        raise InvalidRequest("The request is not valid", wrong)
    return {name: ",".join(values) for name, values in parts.items()}


def _code(schema: Schema, messages: Mapping[str, object], named: Named, given: Mapping[str, str]) -> str:
    """Return the code of the first invalid parameter that was sent and has its own code."""
    for name, field in schema.fields.items():
        if name in named.codes:
            return named.codes[name]
        present = name in given or (name == "interval" and "timeframe" in given)
        if name in messages and isinstance(field, CodedField) and present:
            return field.error_code
    return InvalidRequest.code


def _response(result: object) -> Response:
    if isinstance(result, Response):
        return result
    if isinstance(result, Answer):
        request.environ[ANSWER], request.environ[SCOPE] = result, request.endpoint
        status, headers, sent = reply(result, current_services().clock(), request.environ)
        response = Response(sent, status, headers)
        if not sent:
            del response.headers["Content-Type"]  # Flask adds one to a 304
        return response
    body, code = result if isinstance(result, tuple) else (result, 200)
    return Response(orjson.dumps(body), code, {"Cache-Control": "no-store"}, mimetype="application/json")
