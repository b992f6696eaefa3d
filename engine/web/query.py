"""Read a query: one text for each parameter, then the values that they stand for."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError
from werkzeug.datastructures import MultiDict

from engine.errors import InvalidRequest
from engine.web.names import ResolvedNames, name_pairs
from engine.web.services import current_services
from schemas import CodedField, shorten

IGNORED = "_"
"""A parameter by which pages and tables keep caches from answering; it means nothing."""
OF_A_LIST = re.compile(r"\[[0-9]{0,3}\]\Z")
"""The end of a name that is repeated: `symbols[]`, or `symbols[0]`, `symbols[1]` and so on."""


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
    resolved = name_pairs(schema, loaded, services.catalogue, services.market.now())
    if not messages and not resolved.codes:
        return loaded | resolved.pairs
    reasons = {**messages, **_unknown(schema, messages), **resolved.messages}
    wrong = {shorten(name): reason for name, reason in reasons.items()}
    raise InvalidRequest(
        "The request is not valid",
        {**resolved.details, **wrong},
        code=_code(schema, messages, resolved, given),
    )


def _collect(schema: Schema, arguments: MultiDict[str, str], path: Mapping[str, str]) -> dict[str, str]:
    """Return one text for each parameter.

    Only lists may be repeated: `name=a&name=b`, `name[]=a` or `name[0]=a`. Aliases become the parameters
    that they stand for.
    """
    aliases: Mapping[str, str] = getattr(schema, "aliases", {})
    arguments = MultiDict(pair for pair in arguments.items(multi=True) if pair[0] != IGNORED)
    parts: dict[str, list[str]] = {name: [value] for name, value in path.items()}
    wrong: dict[str, object] = {}
    unlisted = {name: OF_A_LIST.sub("", name) for name in arguments}
    for name, values in arguments.lists():
        listed = unlisted[name]
        plain = aliases.get(listed, listed)
        if not (plain in schema.fields and hasattr(schema.fields[plain], "maximum")):
            plain = aliases.get(name, name)
        if plain not in (listed, name) and (plain in unlisted.values() or plain in path):
            wrong[listed] = [f"is another name of {plain}: use only one of them"]
        parts.setdefault(plain, []).extend(values)
    if schema.unknown == EXCLUDE:
        named = {field.data_key or name for name, field in schema.fields.items()}
        parts = {name: values for name, values in parts.items() if name in named}
    for name, values in parts.items():
        maximum = getattr(schema.fields.get(name), "maximum", None)
        if maximum is None and len(values) > 1:
            wrong[shorten(name)] = ["is given more than once"]
        elif maximum is not None and sum(value.count(",") + 1 for value in values) > maximum:
            wrong[name] = [f"names more than {maximum}"]
    if wrong:
        raise InvalidRequest("The request is not valid", wrong)
    return {name: ",".join(values) for name, values in parts.items()}


def _code(
    schema: Schema, messages: Mapping[str, object], resolved: ResolvedNames, given: Mapping[str, str]
) -> str:
    """Return the code of the first invalid parameter that was sent and has its own code."""
    for name, field in schema.fields.items():
        if name in resolved.codes:
            return resolved.codes[name]
        if name in messages and isinstance(field, CodedField) and name in given:
            return field.error_code
    return InvalidRequest.code


def _unknown(schema: Schema, messages: Mapping[str, object]) -> dict[str, list[str]]:
    """Return what is wrong with each unknown parameter: the message names those that there are."""
    known = [
        *(field.data_key or name for name, field in schema.fields.items()),
        *getattr(schema, "aliases", {}),
    ]
    there_are = f"there are {', '.join(known)}" if known else "there are none"
    return {name: [f"Unknown parameter: {there_are}"] for name in messages if name not in known}
