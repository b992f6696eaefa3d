"""Limits on requests, which are checked before reading them, and security headers."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge

from engine.config import Settings

LONGEST_QUERY = 16_384
"""Bytes of a query string; longer ones are refused unparsed."""
LARGEST_BODY = 64 * 1024
"""Bytes of a body that an endpoint without a body tolerates. The body is never read."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""The policy of data: it loads nothing and appears in no frame."""
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", DATA_POLICY),
)
"""Headers of every answer; pages have another policy."""
PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""The policy of pages without a stricter one: it allows nothing from other hosts, and only scripts served
here."""
FRAME_OPTIONS = {("none",): "DENY", ("self",): "SAMEORIGIN"}
"""The header for browsers without that policy; it cannot name other origins."""


def register(app: Flask, settings: Settings) -> None:
    """Refuse oversized requests, and add the headers."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.before_request(_refuse_oversized)

    def harden(response: Response) -> Response:
        return _harden(response, settings.frame_ancestors)

    app.after_request(harden)


def _refuse_oversized() -> None:
    if len(request.query_string) > LONGEST_QUERY:
        raise RequestURITooLarge
    view = current_app.view_functions.get(request.endpoint or "")
    reads = getattr(view, "body", None) is not None  # these endpoints have another limit
    if not reads and (request.content_length or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge


def _harden(response: Response, ancestors: tuple[str, ...]) -> Response:
    _make_relative(response)
    policy = response.headers.get("Content-Security-Policy", PAGES)
    response.headers.update(ALWAYS)
    response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        framed = " ".join(f"'{name}'" if name in ("none", "self") else name for name in ancestors)
        response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors {framed}"
        if ancestors in FRAME_OPTIONS:
            response.headers["X-Frame-Options"] = FRAME_OPTIONS[ancestors]
    return response


def _make_relative(response: Response) -> None:
    """Make redirects relative, because clients choose the `Host` of a request."""
    if response.location:
        parts = urlsplit(response.location)
        response.location = f"/{parts.path.lstrip('/')}" + (f"?{parts.query}" if parts.query else "")
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
