"""A full disk under the worker's metrics reduces them, and requests are served as usual."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from tests.counted import number, read
from tests.running import Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

PATHS = (
    "/api/prices?symbols=BTC",
    "/api/ohlcv?symbol=BTC",
    "/api/symbols",
    "/api/providers",
    "/api/sentiment",
    "/api/market/overview",
    "/api/nothing",
    "/api/ohlcv",
)


def _can_mount() -> bool:
    try:
        return subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


pytestmark = pytest.mark.skipif(not _can_mount(), reason="may not mount a small disk")


@contextmanager
def server(stand_in: StandIn, folder: Path, size: str, kind: str) -> Iterator[Engine]:
    """Yield a server whose metrics are on their own disk of this size."""
    gunicorn = Path(sys.executable).parent / "gunicorn"
    mount = f"mount -t tmpfs -o size={size} tmpfs {folder}"
    command = ("unshare", "-m", "sh", "-c", f"{mount} && exec {gunicorn} --config gunicorn.conf.py wsgi:app")
    settings = {
        **stand_in.base_urls(),
        "PROMETHEUS_MULTIPROC_DIR": f"{folder}",
        "CACHE_WARMING_ENABLED": "false",
        "RATE_LIMIT_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
        "WORKER_CLASS": kind,
    }
    with Engine(settings, command) as engine:
        yield engine


def workers(engine: Engine) -> list[str]:
    """Return the processes of the workers."""
    pid = engine.process.pid
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def ask_everything(engine: Engine) -> None:
    """Check that every request is answered."""
    for path in PATHS:
        assert requests.get(engine.url + path, timeout=20).status_code in (200, 400, 404), path
    response = requests.get(f"{engine.url}/metrics", timeout=20)
    assert response.status_code == 200
    served = number(read(response.text), "engine_requests_total", endpoint="/api/symbols", status="200")
    assert served is not None
    assert served >= 1


def fill(file: Path) -> None:
    """Fill the disk of `file`."""
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))


@pytest.mark.parametrize("kind", ["gevent", "gthread"])
@pytest.mark.parametrize("size", ["4k", "100k"])
def test_no_room_at_the_start(stand_in: StandIn, tmp_path: Path, size: str, kind: str) -> None:
    """A disk that is full from the start, for all files or for one of three, fails no request."""
    with server(stand_in, tmp_path, size, kind) as engine:
        eventually(lambda: workers(engine))
        before = workers(engine)
        for _ in range(3):
            ask_everything(engine)

        assert workers(engine) == before


def test_a_disk_that_fills_up_later(stand_in: StandIn, tmp_path: Path) -> None:
    """A disk that fills while the files grow fails no request."""
    with server(stand_in, tmp_path, "512k", "gevent") as engine:
        ask_everything(engine)
        before = workers(engine)
        fill(Path(f"/proc/{engine.process.pid}/root{tmp_path}/filler"))
        for path in ("/", "/docs", "/openapi.json", "/api/health", "/api/health/ready", "/health", "/info"):
            requests.get(engine.url + path, timeout=20)
        ask_everything(engine)

        assert workers(engine) == before
