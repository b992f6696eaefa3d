"""The log of requests and its limits."""

import logging
from typing import Any

import pytest
from flask import Flask

from engine.telemetry.metrics import Metrics
from engine.web.access_log import AccessLog, routes, safe
from engine.web.responses import SCOPE


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/nothing", "/nothing"),
        ("/a/b?key=secret", "/a/b"),
        ("/a/b&key=secret", "/a/b"),
        ("/a;key=secret/b", "/a"),
        ("/" + "k" * 25 + "/b", "/…/b"),
        ("/a\nb", "/a\\nb"),
        ("/a" * 100, "/a" * 50),
    ],
)
def test_an_unknown_path_is_made_safe(path: str, written: str) -> None:
    """An unknown path is logged in short form, on one line, without possible keys."""
    assert safe(path) == written


def test_an_endpoint_has_one_name() -> None:
    """An endpoint has one name for all values of its path's parameters."""
    app = Flask(__name__, static_folder=None)
    for rule in ("/candles/<path:symbol>", "/candles", "/candles/<symbol>/<int:limit>"):
        app.add_url_rule(rule, endpoint="candles")
    app.add_url_rule("/files/<path:name>/<int(min=1):part>", endpoint="files")

    assert routes(app) == {"candles": "/candles", "files": "/files/{name}/{part}"}


@pytest.mark.parametrize(
    ("status", "path", "level"),
    [
        ("200 OK", "/api/prices", logging.INFO),
        ("404 NOT FOUND", "/api/prices", logging.INFO),
        ("503 SERVICE UNAVAILABLE", "/api/prices", logging.WARNING),
        ("200 OK", "/api/health", logging.DEBUG),
        ("503 SERVICE UNAVAILABLE", "/api/health/ready", logging.DEBUG),
        ("401 UNAUTHORIZED", "/metrics", logging.INFO),
        ("500 INTERNAL SERVER ERROR", "/metrics", logging.WARNING),
    ],
)
def test_levels(caplog: pytest.LogCaptureFixture, status: str, path: str, level: int) -> None:
    """Internal errors are warnings, and requests of probes are logged at `DEBUG`."""
    caplog.set_level(logging.DEBUG)
    app = Flask(__name__, static_folder=None)
    app.add_url_rule(path, endpoint=path)

    def inner(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ[SCOPE] = path
        start_response(status, [("Content-Length", "2")])
        return [b"{}"]

    times = iter((1.0, 1.5))
    watched = AccessLog(app, inner, Metrics(None), timer=lambda: next(times))
    sent: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_X_REQUEST_ID": "one"}
    body = watched(environ, lambda *answer: sent.append(answer))  # type: ignore[arg-type]

    (record,) = caplog.records
    assert body == [b"{}"]
    assert sent[0][:2] == (status, [("Content-Length", "2"), ("X-Request-ID", "one")])
    assert (record.levelno, record.message) == (level, f"GET {path} {status[:3]} in 500.0 ms, 2 bytes")
