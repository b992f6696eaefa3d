"""The OpenAPI 3.0.3 document, made from the validating schemas, and the AsyncAPI document of streams.

The page at /docs shows both. What makes the documents is imported with the first request of one, since a
start needs none of it.
"""

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from flask import Blueprint, Flask, Response

from engine.concurrency.offload import Offload
from engine.web.openapi import _reference
from engine.web.openapi._rules import paths
from engine.web.openapi._titles import SUMMARY, TITLE
from engine.web.pages import File, send

__all__ = ["SUMMARY", "TITLE", "Document", "paths", "register"]

HOUR = "public, max-age=3600"
_importing = Offload(1)


class Document:
    """The document of `app` as bytes, built for its first request, so that workers start without it."""

    def __init__(self, app: Flask, make: Callable[[Flask], dict[str, Any]]) -> None:
        self._app, self._make = app, make
        self._lock = threading.Lock()
        self._file: File | None = None

    def file(self) -> File:
        """Return the document; one caller builds it while the others wait."""
        with self._lock:
            if self._file is None:
                self._file = File(orjson.dumps(self._make(self._app)), "application/json")
            return self._file


def register(app: Flask) -> None:
    """Serve the document of all endpoints of `app` at /openapi.json, and its page at /docs."""
    bp = Blueprint("flasgger", __name__)  # as flasgger calls its own, which would import it at every start
    lazy, streams = Document(app, _made_document), Document(app, _made_streams)

    @bp.get("/openapi.json", endpoint="openapi")
    def get_document() -> Response:
        return send(lazy.file(), "no-store")

    app.register_blueprint(bp)

    @app.get("/asyncapi.json")
    def get_streams() -> Response:
        """Serve the AsyncAPI document of streams."""
        return send(streams.file(), "no-store")

    @app.get("/llms.txt")
    def get_guide() -> Response:
        """Serve what a language model has to know of the engine."""
        return send(guide(), HOUR)

    @cache
    def guide() -> File:
        return File(_made_guide(app).encode(), "text/plain")

    app.register_blueprint(_reference.bp)


def _made_document(app: Flask) -> dict[str, Any]:
    return _importing(_import_document)(app)


def _import_document() -> Callable[[Flask], dict[str, Any]]:
    """Import what makes the document, which takes 60 ms, in a thread beside the event loop."""
    from engine.web.openapi._document import document

    return document


def _made_streams(app: Flask) -> dict[str, Any]:
    from engine.web.openapi._asyncapi import document

    return document(app)


def _made_guide(app: Flask) -> str:
    from engine.web.openapi._guide import guide

    return guide(app)
