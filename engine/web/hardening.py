"""What keeps a public service whole: sizes that are refused unread, and headers that browsers obey."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge

from engine.config import Settings

LONGEST_QUERY = 16_384
"""Bytes of a query string; a longer one is not even parsed."""
LARGEST_BODY = 64 * 1024
"""Bytes of a body that may come with a request that has no use for one. It is never read."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""Of what is no page: nothing is loaded for it, and it is shown in no frame."""
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", DATA_POLICY),
)
"""On every answer; pages have a policy of their own."""
PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""On every page that says nothing stricter: nothing comes from elsewhere, and no script but the ones that
are served here."""
FRAME_OPTIONS = {("none",): "DENY", ("self",): "SAMEORIGIN"}
"""What browsers that know no policy are told; they have no word for the origin of somebody else."""


def register(app: Flask, settings: Settings) -> None:
    """Refuse what is too large, and send the headers."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.before_request(_refuse_what_is_too_large)

    def harden(response: Response) -> Response:
        return _harden(response, settings.frame_ancestors)

    app.after_request(harden)


def _refuse_what_is_too_large() -> None:
    if len(request.query_string) > LONGEST_QUERY:
        raise RequestURITooLarge
    view = current_app.view_functions.get(request.endpoint or "")
    reads = getattr(view, "body", None) is not None  # who reads a body has a limit of its own
    if not reads and (request.content_length or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge


def _harden(response: Response, ancestors: tuple[str, ...]) -> Response:
    _take_host_away(response)
    own = response.headers.get("Content-Security-Policy", PAGES)
    response.headers.update(ALWAYS)
    response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        framed = " ".join(f"'{name}'" if name in ("none", "self") else name for name in ancestors)
        response.headers["Content-Security-Policy"] = f"{own}; frame-ancestors {framed}"
        if ancestors in FRAME_OPTIONS:
            response.headers["X-Frame-Options"] = FRAME_OPTIONS[ancestors]
    return response


def _take_host_away(response: Response) -> None:
    """Redirect to a path: whoever wrote the `Host` of a request says nothing about where others go."""
    if response.location:
        parts = urlsplit(response.location)
        response.location = f"/{parts.path.lstrip('/')}" + (f"?{parts.query}" if parts.query else "")
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
