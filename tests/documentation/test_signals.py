"""The signal examples of docs/signals.md run as they are written, in both languages."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.web.openapi._samples import HOST
from tests.engine.web.compat.released import NODE, prepare
from tests.running import AMPLE, ROOT, Engine
from tests.upstreams import StandIn

TEXT = (ROOT / "docs/signals.md").read_text()
PYTHON, TYPESCRIPT = (
    re.findall(rf"^```{name}\n(.*?)^```$", TEXT, re.M | re.S)[0] for name in ("python", "ts")
)
COMPILER = NODE / "node_modules/typescript/bin/tsc"
OPTIONS = "--strict --target es2022 --lib es2022,dom --module es2022 --moduleResolution bundler".split()
Json = Any


def answer(
    symbol: str, before: tuple[float, float], now: tuple[float, float], rsi: float | None = 50.0
) -> Json:
    """Return an answer with the fast and the slow average of two candles."""
    rows = [
        {"timestamp": place, "close": 1.0, "sma:20": fast, "sma:50": slow, "rsi:14": rsi}
        for place, (fast, slow) in enumerate((before, now))
    ]
    warmup = {"needed": 50, "used": 51, "residual": 0.0, "stable": True}
    meta = {"stale": False, "warmup": dict.fromkeys(("sma:20", "sma:50", "rsi:14"), warmup)}
    return {"success": True, "symbol": symbol, "data": rows, "meta": meta}


UP, DOWN = ((1.0, 2.0), (3.0, 2.0)), ((3.0, 2.0), (1.0, 2.0))
COLD = answer("COLD", *UP)
COLD["meta"]["warmup"]["rsi:14"] = {"needed": 202, "used": 60, "residual": 0.03, "stable": False}
STALE = answer("STALE", *UP)
STALE["meta"]["stale"] = True
SHORT = answer("SHORT", *UP)
SHORT["data"] = SHORT["data"][1:]
CASES = {
    "buy": answer("A", *UP),
    "sell": answer("B", *DOWN),
    "hold": answer("C", (3.0, 2.0), (3.0, 2.0)),
    "hold, too dear": answer("D", *UP, rsi=71.0),
    "hold, too cheap": answer("E", *DOWN, rsi=29.0),
    "unknown, null": answer("F", *UP, rsi=None),
    "unknown, cold": COLD,
    "unknown, stale": STALE,
    "unknown, short": SHORT,
}
FAILED = {"symbol": "X", "interval": "1h", "error": {"code": "PROVIDER_ERROR", "message": "All failed"}}


@contextmanager
def serving(body: Json) -> Iterator[str]:
    """Yield the address of a server that answers everything with `body`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def printed(*command: str | Path) -> list[str]:
    """Return the lines that a command prints."""
    finished = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout.splitlines()


def in_python(folder: Path, url: str) -> list[str]:
    """Return what the example in Python prints."""
    script = folder / "signals.py"
    script.write_text(PYTHON.replace(HOST, url))
    return printed(sys.executable, script)


def in_typescript(folder: Path, url: str) -> list[str]:
    """Return what the example in TypeScript prints, after its types are checked."""
    script = folder / "signals.mjs"
    if not script.exists():
        (folder / "signals.mts").write_text(TYPESCRIPT)
        printed("node", COMPILER, *OPTIONS, folder / "signals.mts")
        (folder / "compiled").write_text(script.read_text())
    script.write_text((folder / "compiled").read_text().replace(HOST, url))
    return printed("node", script)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the scripts of this module."""
    return tmp_path_factory.mktemp("signals")


def test_the_examples_follow_their_rule_in_both_languages(folder: Path) -> None:
    """Each kind of answer gets its signal in both languages, and unreliable values get none."""
    prepare()
    expected = [f"{body['symbol']} {case.partition(',')[0]}" for case, body in CASES.items()]
    with serving({"success": True, "data": [*CASES.values(), FAILED]}) as url:
        assert in_python(folder, url) == in_typescript(folder, url) == [*expected, "X All failed"]


def test_the_examples_work_with_the_engine(folder: Path) -> None:
    """Both examples print the same line for each coin over the engine."""
    prepare()
    with StandIn() as stand_in, Engine({**stand_in.base_urls(), **AMPLE, "LOG_LEVEL": "ERROR"}) as engine:
        lines = in_python(folder, engine.url)
        assert in_typescript(folder, engine.url) == lines

    assert [line.split()[0] for line in lines] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    assert {line.split()[1] for line in lines} <= {"buy", "sell", "hold"}
