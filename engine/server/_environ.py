"""Build WSGI environments (PEP 3333) equal to gunicorn's, in less time."""

from typing import Any

from gunicorn.http import wsgi
from gunicorn.util import unquote_to_wsgi_str

from engine.server._response import BufferedResponse

ALWAYS = (
    "wsgi.errors wsgi.version wsgi.multithread wsgi.multiprocess wsgi.run_once wsgi.file_wrapper "
    "wsgi.input_terminated SERVER_SOFTWARE SCRIPT_NAME"
).split()
"""Keys with the same value for every request, kept from the first one."""
WITHOUT_PREFIX = {"CONTENT-TYPE": "CONTENT_TYPE", "CONTENT-LENGTH": "CONTENT_LENGTH"}
"""Headers whose CGI names lack the prefix `HTTP_`."""


class EnvironFactory:
    """Builds the environments of one worker."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self._always: dict[str, Any] = {}

    def create(
        self, req: Any, sock: Any, client: Any, server: Any
    ) -> tuple[BufferedResponse, dict[str, Any]]:
        """Return the response object for `req`, and its environment."""
        plain = type(client) is type(server) is tuple  # Unix sockets have other kinds of addresses
        if not (self._always and plain) or req.proxy_protocol_info or req._expected_100_continue:
            return self._usual(req, sock, client, server)
        environ = {
            **self._always,
            **(getattr(req, "environ", None) or environ_of_head(req)),
            "wsgi.input": req.body,
            "gunicorn.socket": sock,
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
        }
        return BufferedResponse(req, sock, self._config), environ

    def _usual(
        self, req: Any, sock: Any, client: Any, server: Any
    ) -> tuple[BufferedResponse, dict[str, Any]]:
        """Build both with gunicorn's own code, which also serves below a path prefix."""
        response, environ = wsgi.create(req, sock, client, server, self._config, BufferedResponse)
        environ["wsgi.multithread"] = True
        if not environ["SCRIPT_NAME"]:
            self._always = {name: environ[name] for name in ALWAYS}
        return response, environ


def environ_of_head(req: Any) -> dict[str, Any]:
    """Return the part of an environment that the head of a request gives."""
    major, minor = req.version
    environ = {
        "wsgi.url_scheme": req.scheme,
        "REQUEST_METHOD": req.method,
        "PATH_INFO": unquote_to_wsgi_str(req.path),
        "QUERY_STRING": req.query,
        "RAW_URI": req.uri,
        "SERVER_PROTOCOL": f"HTTP/{major}.{minor}",
    }
    for name, value in req.headers:
        key = WITHOUT_PREFIX.get(name)
        if key is None:
            key = "HTTP_" + name.replace("-", "_")
            if key in environ:
                value = f"{environ[key]},{value}"
        environ[key] = value
    return environ
