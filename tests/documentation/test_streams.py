"""The clients of docs/streams.md run as they are written, and go on after a cut."""

import json
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser
from wsproto.frame_protocol import FrameProtocol

from engine.web.openapi._samples import KEY as YOUR_KEY
from tests.engine.web.compat.released import NODE, prepare
from tests.relay import Relay
from tests.running import AMPLE, ROOT, Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

TEXT = (ROOT / "docs/streams.md").read_text()
KEY = "0123456789abcdef"
CURSOR = re.compile(r"[0-9a-f]{1,16}-[0-9]{1,15}-[0-9]{1,15}")
BEFORE, AFTER = 2, 5
"""Messages that a client has before a cut, and at the end."""
LONG = 30
"""Seconds in which a message must have come."""


def blocks(language: str) -> list[str]:
    """Return the examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.M | re.S)


[PYTHON], [NODE_CLIENT, PLAIN, PAGE], [BASH] = blocks("python"), blocks("js"), blocks("bash")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Yield a server with streams and a key."""
    keys = tmp_path_factory.mktemp("keys") / "keys"
    keys.write_text(f"alice:pro:{sha256(KEY.encode()).hexdigest()}\n")
    with StandIn() as stand_in:
        settings = {**stand_in.base_urls(), **stand_in.open_streams().urls(), **AMPLE}
        settings |= {"API_KEYS_FILE": str(keys), "CACHE_WARMING_ENABLED": "false", "LOG_LEVEL": "ERROR"}
        with Engine(settings) as engine:
            yield engine


@pytest.fixture
def relay(engine: Engine) -> Iterator[Relay]:
    """Yield what stands between the client and the server."""
    with Relay(engine.port) as relay:
        yield relay


def ours(example: str, relay: Relay) -> str:
    """Return an example with the relay's address and the key of the tests."""
    return example.replace("localhost:8000", relay.address).replace(YOUR_KEY, KEY)


@contextmanager
def running(*command: str | Path, cwd: Path | None = None) -> Iterator["queue.Queue[str]"]:
    """Yield the lines that a command prints while it runs."""
    lines: queue.Queue[str] = queue.Queue()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    output = process.stdout

    def read() -> None:
        for line in output:
            lines.put(line)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield lines
    finally:
        subprocess.run(["kill", "--", f"-{process.pid}"], check=False)  # curl, too
        process.wait()
        reader.join()
        output.close()


def goes_on(lines: "queue.Queue[str]", relay: Relay) -> None:
    """Read a client's lines, cut it off, and check that it goes on after what it had, and repeats nothing."""
    cursors: list[str] = []
    while len(cursors) < AFTER:
        cursors += CURSOR.findall(lines.get(timeout=LONG))[:1]
        if len(cursors) == BEFORE:
            relay.cut()
    asked = said(relay.heard[-1])

    assert len(set(cursors)) == len(cursors)
    assert cursors == sorted(cursors, key=lambda cursor: [int(part) for part in cursor.split("-")[1:]])
    assert any(cursor in asked for cursor in cursors[:-1]), asked
    assert KEY in asked or "ticket=" in asked


def said(data: bytearray) -> str:
    """Return what a connection has sent: its requests, or the texts of its WebSocket behind the one."""
    head, _, rest = bytes(data).partition(b"\r\n\r\n")
    if b"Upgrade: websocket" not in head:
        return bytes(data).decode()
    frames = FrameProtocol(client=False, extensions=[])
    frames.receive_bytes(rest)
    return head.decode() + "".join(str(frame.payload) for frame in frames.received_frames())


def test_python_goes_on(relay: Relay, tmp_path: Path) -> None:
    """The client in Python resumes with its cursor."""
    script = tmp_path / "client.py"
    script.write_text(ours(PYTHON, relay))
    with running(sys.executable, script) as lines:
        goes_on(lines, relay)


def test_node_goes_on(relay: Relay) -> None:
    """The client in Node resumes with its cursor."""
    prepare()
    with running("node", "--input-type=module", "--eval", ours(NODE_CLIENT, relay), cwd=NODE) as lines:
        goes_on(lines, relay)


def test_a_shell_goes_on(relay: Relay) -> None:
    """The client in bash resumes with its cursor."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with running("bash", "-c", ours(BASH, relay)) as lines:
        goes_on(lines, relay)


def test_a_browser_goes_on_with_a_fresh_ticket(relay: Relay, engine: Engine, browser: Browser) -> None:
    """The page asks for a ticket of each connection, and resumes with its cursor."""
    lines: queue.Queue[str] = queue.Queue()
    page = browser.new_page()
    tickets: list[str] = []

    def ticket() -> str:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = requests.post(f"{engine.url}/api/stream/ticket", headers=headers, timeout=LONG)
        tickets.append(answer.json()["data"]["ticket"])
        return answer.text

    page.on("console", lambda message: lines.put(message.text))
    page.route("**/ticket", lambda route: route.fulfill(body=ticket(), content_type="application/json"))
    page.route(
        "**/page.html",
        lambda route: route.fulfill(body=f"<script>{ours(PAGE, relay)}</script>", content_type="text/html"),
    )
    page.goto(f"http://{relay.address}/page.html")
    cursors: list[str] = []

    def has(count: int) -> bool:
        page.wait_for_timeout(20)
        while not lines.empty():
            cursors.extend(CURSOR.findall(lines.get())[:1])
        return len(cursors) >= count

    eventually(lambda: has(BEFORE), LONG)
    relay.cut()
    eventually(lambda: has(len(cursors) + 1) and len(tickets) == 2, LONG)
    eventually(lambda: has(AFTER), LONG)
    asked = [said(heard) for heard in relay.heard if b"ticket=" in heard]
    page.close()

    assert len(set(cursors)) == len(cursors)
    assert len(set(tickets)) == 2
    assert tickets[1] in asked[-1]
    assert any(f"after={cursor}" in asked[-1] for cursor in cursors)


def test_an_event_source_needs_two_lines(relay: Relay, browser: Browser) -> None:
    """Without a key `EventSource` alone gets the messages."""
    page = browser.new_page()
    page.route("**/page.html", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    page.goto(f"http://{relay.address}/page.html")
    with page.expect_console_message(lambda message: "candle" in json.dumps(message.args[0].json_value())):
        page.evaluate(f"() => {{ {ours(PLAIN, relay)} }}")
    page.close()
