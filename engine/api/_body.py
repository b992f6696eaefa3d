"""Reading the JSON that a client sends."""

from typing import Any

import orjson
from flask import request
from marshmallow import Schema, ValidationError

from engine.errors import InvalidRequest

LARGEST = 8 * 1024 * 1024
"""Bytes: a hundred texts of five thousand characters, escaped as JSON may be."""
MESSAGE = "The request is not valid"


def load_body(schema: Schema) -> dict[str, Any]:
    """The validated members of the object in the body. Raises `InvalidRequest`.

    What the client calls it does not matter: it is JSON or it is not.
    """
    request.max_content_length = LARGEST
    try:
        given = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(MESSAGE, {"body": ["is not JSON"]}) from error
    if not isinstance(given, dict):
        raise InvalidRequest(MESSAGE, {"body": ["must be an object"]})
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise InvalidRequest(MESSAGE, messages) from error
    return loaded
