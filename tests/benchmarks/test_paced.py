"""Requests at a constant rate."""

import asyncio
import itertools
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import ClassVar

import pytest

from benchmarks.paced import BROKEN, CONNECTIONS, UNSENT, paced
from tests.looping import in_a_loop
from tests.running import free_port


class Answering(BaseHTTPRequestHandler):
    """Answers with the status in the path. `/0` breaks the connection, and `/202` waits for `released`."""

    protocol_version = "HTTP/1.1"
    released = Event()
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer."""
        self.asked.append(self.path)
        status = int(self.path[1:])
        if not status:
            self.close_connection = True
            return
        if status == 202:
            self.released.wait()
        self.send_response(status)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"done")

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Yield the port of such a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def test_each_answer_is_counted_by_its_status(port: int) -> None:
    """All of the rate is sent, also after a connection broke."""
    Answering.asked.clear()

    async def wait(seconds: float) -> None:
        """Wait until the server has been asked for all that is due, however slow it is."""
        while len(Answering.asked) < round(200 * seconds):
            await asyncio.sleep(0.001)

    paths = itertools.cycle(["/200", "/503", "/0", "/200"])
    statuses = in_a_loop(paced(port, paths, 200, 0.2, lambda: wait))

    assert statuses == {200: 20, 503: 10, BROKEN: 10}


def test_a_server_that_is_away_breaks_each_request() -> None:
    """No connection is a broken request, and no end of the run."""
    assert in_a_loop(paced(free_port(), itertools.repeat("/200"), 100, 0.05)) == {BROKEN: 5}


def test_what_no_connection_is_free_for_is_not_sent(port: int) -> None:
    """A server that is too slow ends the run in time, and what is left is counted."""

    async def run() -> dict[int, int]:
        asyncio.get_running_loop().call_later(2, Answering.released.set)  # long after the run
        return await paced(port, itertools.repeat("/202"), 1000, 0.1)

    assert in_a_loop(run()) == {202: CONNECTIONS, UNSENT: 100 - CONNECTIONS}
