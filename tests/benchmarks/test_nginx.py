"""nginx in front of a server, as the benchmark of cached answers has it."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from benchmarks.nginx import PROGRAM, Nginx

pytestmark = pytest.mark.skipif(
    PROGRAM is None and os.environ.get("CI") != "true", reason="there is no nginx here"
)


def test_it_answers_from_its_cache(tmp_path: Path) -> None:
    """The server is asked once, whatever it says of caches, and nginx sends its answer to all others."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.send_header("Cache-Control", "max-age=0")
            self.send_header("Vary", "Accept-Encoding")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with Nginx(f"http://127.0.0.1:{server.server_port}", tmp_path) as nginx:
            bodies = [requests.get(f"{nginx.url}/a?b", timeout=5).content for _ in range(5)]
    finally:
        server.shutdown()
        server.server_close()

    assert bodies == [b"{}"] * 5
    assert asked.count("/a?b") == 1
