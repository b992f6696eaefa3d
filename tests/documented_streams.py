"""Comparison of messages of streams with the AsyncAPI document."""

from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from engine import create_app

Json = Any


@cache
def document() -> Json:
    """Return the engine's own document."""
    return create_app(cache_warming_enabled=False).test_client().get("/asyncapi.json").get_json()


def names() -> set[str]:
    """Return the types of all messages, and the operations of all requests."""
    return {message["name"] for message in document()["components"]["messages"].values()}


def mistakes(message: Json) -> list[str]:
    """Return the differences between a message or a request and the document."""
    name = message.get("op") or message["type"]
    if name not in names():
        return [f"{name} is not documented"]
    found = [f"{name}: {error.message}" for error in _validator(name).iter_errors(message)]
    if name == "snapshot":
        rest = {key: value for key, value in message.items() if key != "of"}
        found += mistakes(rest | {"type": message["of"]})
    return found


@cache
def _validator(name: str) -> Draft202012Validator:
    components = document()["components"]
    kinds = components["messages"].values()
    payload = next(message["payload"] for message in kinds if message["name"] == name)
    return Draft202012Validator({**payload, "components": components})
