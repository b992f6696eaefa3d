"""The pages for people: the market at `/`, and a chart with data from UDF at `/chart`.

They consist of plain HTML, style sheets and ES modules, have no quota, and load nothing from other hosts.
Their data come through the public interface. `/board` joins those that the market page shows at first, and
counts as one request.
"""

from functools import cache
from pathlib import Path

import orjson
from flask import Blueprint, Response, abort, render_template, request

from engine.errors import InvalidRequest
from engine.market.prices import EVERY_COIN
from engine.version import VERSION
from engine.web import compression
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.pages._board import NAMES, Board, packed
from engine.web.pages._files import File, Files
from engine.web.services import current_services
from engine.web.streaming import PATH, can_take_over
from providers import INTERVALS

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
)
"""Stricter than for other pages: it forbids inline styles, too."""
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
"""Browsers keep the file, and revalidate it before use."""
DAY = "public, max-age=86400"

__all__ = ["File", "Files", "bp", "send", "send_asset"]

bp = Blueprint("pages", __name__, template_folder="templates")


@bp.get("/")
def get_market() -> Response:
    """Serve the page with prices, candles, sentiment, headlines and providers."""
    return _page("market.html")


@bp.get("/chart")
def get_chart() -> Response:
    """Serve the page with one large chart."""
    return _page("chart.html")


@bp.get("/board")
@limiter.limit(quota("default"))
def get_board() -> Response:
    """Send what the market page shows, part by part as each is known. `parts` names those that are wanted."""
    wanted = request.args.get("parts", "").split(",") if "parts" in request.args else NAMES
    if not set(wanted) <= set(NAMES):
        raise InvalidRequest("The request is not valid", {"parts": [f"there are {', '.join(NAMES)}"]})
    services = current_services()
    lines = _board().lines(dict.fromkeys(wanted), services.market, services.settings, services.clock)
    zipped = compression.accepts(request.headers.get("Accept-Encoding", ""), "gzip")
    response = Response(packed(lines) if zipped else lines, mimetype="application/x-ndjson")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    response.vary.add("Accept-Encoding")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


@bp.get("/favicon.ico")
def get_icon() -> Response:
    """Serve the icon that browsers ask for by themselves."""
    return send(_files()["icon.svg"], DAY)


@bp.get("/manifest.webmanifest")
def get_manifest() -> Response:
    """Serve what a device needs to install the page."""
    return send(_manifest(), DAY)


@bp.get("/assets/<version>/<path:name>")
def get_asset(version: str, name: str) -> Response:
    """Serve a file of the pages."""
    return send_asset(_files(), version, name)


@cache
def _board() -> Board:
    return Board()


@cache
def _files() -> Files:
    return Files(STATIC)


def _page(template: str) -> Response:
    services = current_services()
    streams = services.streaming is not None and can_take_over(request.environ)
    settings = services.settings
    path = PATH if streams else ""
    page = _rendered(template, settings.demo, settings.alerts_enabled, path, settings.public_url or "")
    response = send(page, ASK_AGAIN)
    response.headers["Content-Security-Policy"] = POLICY
    return response


@cache
def _rendered(template: str, demo: bool, alerts: bool, stream: str, site: str) -> File:
    """Render a page, which is the same for all clients.

    `stream` is the path of streams, if there is one. `site` is the address of the server, if it is set: the
    name that a client gives is not repeated, since a cache would serve it to others.
    """
    files = _files()
    html = render_template(
        template,
        assets=f"/assets/{files.version}",
        demo=demo,
        alerts=alerts,
        stream=stream,
        site=site,
        path=request.path,
        coins=[(coin.symbol, coin.asset.name) for coin in EVERY_COIN],
        intervals=list(INTERVALS),
        version=VERSION,
    )
    return File(html.encode(), "text/html")


@cache
def _manifest() -> File:
    """Return the manifest, whose icons have the version of the other files."""
    room = f"/assets/{_files().version}"
    icons = [
        {"src": f"{room}/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    icons.append({"src": f"{room}/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"})
    manifest = {
        "name": "Crypto data engine",
        "short_name": "Crypto data",
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": "#f3f5f8",
        "theme_color": "#1f5fd0",
        "icons": icons,
    }
    return File(orjson.dumps(manifest), "application/manifest+json")


def send_asset(files: Files, version: str, name: str) -> Response:
    """Return one of the files, or 404; caches keep it only under the current version."""
    if name not in files:
        abort(404)
    return send(files[name], FOR_EVER if version == files.version else ASK_AGAIN)


def send(file: File, caching: str) -> Response:
    """Return a file in an encoding that the client accepts, or 304 if the client has it."""
    coding, content = file.encoded(request.headers.get("Accept-Encoding", ""))
    response = Response(content, mimetype=file.mimetype)
    response.headers["Cache-Control"] = caching
    response.vary.add("Accept-Encoding")
    if coding:
        response.headers["Content-Encoding"] = coding
    response.set_etag(f"{file.tag}-{coding}" if coding else file.tag)
    response.make_conditional(request)
    return response
