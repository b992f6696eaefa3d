"""What keeps a public service whole: sizes that are refused unread, and headers that browsers obey."""

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge

LONGEST_QUERY = 16_384
"""Bytes of a query string; a longer one is not even parsed."""
LARGEST_BODY = 1024 * 1024
"""Bytes of a request's body."""
ALWAYS = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
"""On every answer."""
PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""On every page that says nothing stricter: nothing comes from elsewhere, and no script but the ones that
are served here."""


def register(app: Flask) -> None:
    """Refuse what is too large, and send the headers."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.before_request(_refuse_what_is_too_large)
    app.after_request(_harden)


def _refuse_what_is_too_large() -> None:
    if len(request.query_string) > LONGEST_QUERY:
        raise RequestURITooLarge
    view = current_app.view_functions.get(request.endpoint or "")
    reads = getattr(view, "body", None) is not None  # who reads a body has a limit of its own
    if not reads and (request.content_length or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge


def _harden(response: Response) -> Response:
    response.headers.update(ALWAYS)
    response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", PAGES)
    return response
