"""Long answers of providers hold up nobody else in a gevent worker, and take little memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.concurrency.offload import Offload
from tests.providers.payloads.rss import item, rss
from tests.providers.raw import Raw

ROOT = Path(__file__).parents[3]
SCRIPT = """
from gevent import monkey

monkey.patch_all()

import json
import sys
import time
from pathlib import Path

import gevent

from engine.config import load_settings, Settings
from engine.upstream.host_clock import HostClock
from engine.market import build
from engine.concurrency.offload import Offload
from providers import Pair, ASSET_BY_NAME, INTERVALS, ProviderError, Capacity, Window, discover

url, name, tries = sys.argv[1], sys.argv[2], int(sys.argv[3])
kind = next(kind for kind in discover() if kind.name == name)
settings = load_settings(providers={})
provider = build(kind, settings, Capacity(), HostClock(time.time), Offload())
provider._hosts = (url,)
gaps = []


def beat():
    since = time.process_time()
    while True:
        gevent.sleep(0.001)
        now = time.process_time()
        gaps.append(now - since)
        since = now


def ask():
    if name == "rss":
        return len(provider.headlines_of("http://feed.example/feed"))
    pair = Pair(ASSET_BY_NAME["BTC"], "USDT")
    return len(provider.candles(pair, INTERVALS["1h"], Window(100)))


def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def outcome():
    try:
        return ask()
    except ProviderError as error:
        return error.reason


before = peak()
outcome()
heart = gevent.spawn(beat)
stalls = []
for _ in range(tries):
    gevent.sleep(0.01)
    gaps.clear()
    told = outcome()
    gevent.sleep(0.01)
    stalls.append(max(gaps))
print(json.dumps({"told": told, "stall": min(stalls), "beats": len(gaps), "megabytes": peak() - before}))
"""
"""Asks a provider while a greenlet beats, and tells the longest time between two beats: in CPU time of this
process, since others use the machine, and of the best of several tries."""


def measured(server: Raw, name: str, tries: int = 3) -> dict[str, Any]:
    """What the script finds."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, server.url, name, str(tries)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def sized(body: bytes, kind: bytes = b"application/json") -> bytes:
    """A good reply."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (kind, len(body), body)


def chunked(body: bytes) -> bytes:
    """A good reply that does not say how long it is."""
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


LISTS = b"[" + b",".join([b"[]"] * 5_000_000) + b"]"
AS_MANY_AS_MAY_BE = b"[" + b",".join([b"[]" + b" " * 35] * 100_000) + b"]"
ROWS = b"[" + b",".join([b"[]"] * 4_999) + b"]"
KEYS = b"{" + b",".join(b'"%09d":0' % n for n in range(1_200_000)) + b"}"


@pytest.mark.parametrize(
    "reply",
    [
        sized(LISTS),
        chunked(LISTS),
        sized(LISTS[:4_000_000]),
        chunked(KEYS),
        sized(AS_MANY_AS_MAY_BE),
        sized(ROWS),
    ],
    ids=["15 MB", "15 MB of unknown length", "4 MB", "keys", "as many lists as may be", "odd rows"],
)
def test_a_venue_that_sends_too_much(reply: bytes) -> None:
    """Nobody waits for it long, and it takes little memory: 15 MB took 513 MB and 2 s."""
    with Raw(lambda number: reply) as server:
        found = measured(server, "binance")

    assert found["told"] == "Bad data"
    assert found["stall"] < 0.15
    assert found["megabytes"] < 60


def test_an_ordinary_feed() -> None:
    """As many stories as a feed may have are read while others have their turn."""
    stories = "".join(item(f"Story number {n} about bitcoin", f"https://a.example/{n}") for n in range(4990))
    with Raw(lambda number: sized(rss(stories), b"application/rss+xml")) as server:
        found = measured(server, "rss")

    assert found["told"] == 4990
    assert found["stall"] < 0.05
    assert found["beats"] > 10


def test_work_is_done_here_where_threads_are_real() -> None:
    """And what goes wrong is raised."""
    offload = Offload()

    assert offload(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        offload(lambda: 1 / 0)
