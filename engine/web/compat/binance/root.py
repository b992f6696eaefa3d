"""Binance's addresses at the root, for clients whose base URL has no path."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/compat/binance"
PATHS = ("/api/v3", "/ws", "/stream")


class AtRoot:
    """A WSGI layer that serves `/api/v3`, `/ws` and `/stream` as below `/compat/binance`."""

    def __init__(self, layer: "WSGIApplication") -> None:
        self._layer = layer

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on, under its address in this dialect where it is one of Binance's."""
        path: Any = environ.get("PATH_INFO", "")
        if any(path == root or path.startswith(f"{root}/") for root in PATHS):
            environ["PATH_INFO"] = PREFIX + path
        return self._layer(environ, start_response)
