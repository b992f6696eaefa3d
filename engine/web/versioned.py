"""Further names of paths: `/api/v1/x` is `/api/x`, and CryptoCompare's `/data/x` is `/x` as well.

CryptoCompare's candles are the exception: `/data/histoday` and `/data/v2/histoday` have different formats.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CRYPTOCOMPARE = "/compat/cryptocompare"
NAMES = {
    "/api/v1": "/api",
    f"{CRYPTOCOMPARE}/data": CRYPTOCOMPARE,
    f"{CRYPTOCOMPARE}/api/data/coinlist": f"{CRYPTOCOMPARE}/all/coinlist",
}
"""What the beginning of a path stands for."""
OWN = frozenset(f"{CRYPTOCOMPARE}/data/{page}" for page in ("histominute", "histohour", "histoday"))
"""Paths that have an answer of their own under their further name."""


class Versioned:
    """A WSGI layer that serves paths under further names: all are one resource with one quota."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self.inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on, under its plain address."""
        path: Any = environ.get("PATH_INFO", "")
        for name, plain in NAMES.items():
            if path not in OWN and (path == name or path.startswith(f"{name}/")):
                environ["PATH_INFO"] = plain + path[len(name) :]
        return self.inner(environ, start_response)
