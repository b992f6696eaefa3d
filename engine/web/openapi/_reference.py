"""The page at /docs: Scalar, which shows the OpenAPI and the AsyncAPI document.

Its files are served from here, and it loads nothing from other hosts.
"""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, render_template

from engine.web.pages import File, Files, send, send_asset

STATIC = Path(__file__).parent / "static"

bp = Blueprint("reference_page", __name__, url_prefix="/docs", template_folder="templates")


@bp.get("", strict_slashes=False)
def get_page() -> Response:
    """Serve the page, under the policy of pages: scripts from here alone."""
    return send(_page(), "no-store")


@bp.get("/assets/<version>/<path:name>")
def get_asset(version: str, name: str) -> Response:
    """Serve a file of the page."""
    return send_asset(_files(), version, name)


@cache
def _page() -> File:
    html = render_template("reference.html", assets=f"/docs/assets/{_files().version}")
    return File(html.encode(), "text/html")


@cache
def _files() -> Files:
    """Read the files at the first request, since they are large and few visitors look at them."""
    return Files(STATIC)
