"""A name server that hangs, under the real server."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import requests

from providers import discover
from tests.running import ROOT, Engine
from tests.upstreams import StandIn

CONFIGURATION = """
import runpy
import time

from gevent.monkey import get_original

globals().update(runpy.run_path({path!r}))

import _socket

known = _socket.getaddrinfo
sleep = get_original("time", "sleep")


def getaddrinfo(host, *question):
    if str(host).endswith(".hangs"):
        sleep(600)
    return known(host, *question)


_socket.getaddrinfo = getaddrinfo
"""
"""The real one, with the system's own look-up hanging for some names."""
ALIVE = ("okx", "coinpaprika")


@pytest.mark.parametrize("worker", ["gevent", "gthread"])
def test_hosts_whose_name_server_hangs(worker: str, stand_in: StandIn, tmp_path: Path) -> None:
    """While two providers' name servers hang, the others serve, and cached answers do not wait."""
    configuration = tmp_path / "gunicorn.conf.py"
    configuration.write_text(CONFIGURATION.format(path=str(ROOT / "gunicorn.conf.py")))
    hanging = {
        f"{kind.name.upper()}_BASE_URL": f"http://{kind.name}.hangs:1"
        for kind in discover()
        if kind.name not in ALIVE
    }
    settings = {
        **stand_in.base_urls(),
        **hanging,
        "WORKER_CLASS": worker,
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_WARMING_ENABLED": "false",
        "CACHE_TTL_OHLCV": "600",
        "CANDLES_DEADLINE_SECONDS": "60",  # on a busy machine the last of them come late
        "LOG_LEVEL": "ERROR",
    }
    gunicorn = Path(sys.executable).parent / "gunicorn"
    command = (str(gunicorn), "--config", str(configuration), "wsgi:app")
    with Engine(settings, command) as engine, ThreadPoolExecutor(40) as pool:
        ask = partial(requests.get, timeout=90)
        kept = f"{engine.url}/api/ohlcv?symbol=BTC&interval=1h&limit=300"
        assert ask(kept).json()["source"] == "okx"

        coins = ("ETH", "SOL", "ADA", "XRP", "LTC", "DOT", "LINK", "DOGE")
        series = [
            f"{engine.url}/api/ohlcv?symbol={coin}&interval={code}" for coin in coins for code in ("1h", "1d")
        ]
        others = [f"{engine.url}{path}" for path in ("/api/prices", "/api/market/overview", "/api/sentiment")]
        waiting = [pool.submit(ask, url) for url in (*series, *others)]
        seconds = []
        for coding in ("gzip", "br", "identity") * 7:
            for url in (kept, f"{engine.url}/api/health"):
                start = time.monotonic()
                assert ask(url, headers={"Accept-Encoding": coding}).status_code == 200
                seconds.append(time.monotonic() - start)
        answers = [each.result() for each in waiting[: len(series)]]

    assert [answer.json().get("source", answer.json()) for answer in answers] == ["okx"] * len(series)
    assert sorted(seconds)[len(seconds) // 2] < 0.5
    assert max(seconds) < 5  # it was 13 s
