"""The stable name of the interface: `/api/v1/x` is `/api/x`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PLAIN, STABLE = "/api", "/api/v1"


class Versioned:
    """A WSGI layer that serves `/api/v1/x` as `/api/x`, so that both are one resource with one quota."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self.inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on, under its plain address."""
        path: Any = environ.get("PATH_INFO", "")
        if path == STABLE or path.startswith(f"{STABLE}/"):
            environ["PATH_INFO"] = PLAIN + path[len(STABLE) :]
        return self.inner(environ, start_response)
