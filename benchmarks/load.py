"""Generate load: maximum load with wrk, or a constant rate."""

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import quantiles
from urllib.parse import urlsplit

from benchmarks.process import Server

CONNECTIONS = 16
FAILED = r"(?:Non-2xx or 3xx responses|connect|timeout|read|write):? (\d+)"
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True)
class Figures:
    """The result of one run: requests a second, processor microseconds per request, milliseconds."""

    rate: float
    cpu: float
    p50: float
    p99: float
    failed: int


def has_wrk() -> bool:
    """Return whether wrk is installed. Debian's package has the same name."""
    return shutil.which("wrk") is not None


def full(server: Server, url: str, seconds: int, headers: Mapping[str, str] | None = None) -> Figures:
    """Run wrk with 16 connections that send requests without a pause."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    before = server.cpu
    output = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    cpu = server.cpu - before
    requests = int(re.findall(r"(\d+) requests in", output)[0])
    failed = sum(
        int(count)
        for count in re.findall(r"(?:Non-2xx or 3xx responses|timeout|read|write) ?:? (\d+)", output)
    )
    p50, p99 = (_milliseconds(output, share) for share in ("50%", "99%"))
    return Figures(requests / seconds, cpu / requests * 1e6, p50, p99, failed)


def _milliseconds(output: str, share: str) -> float:
    value, unit = re.findall(rf"{share}\s+([\d.]+)(us|ms|s)", output)[0]
    return float(value) * UNITS[unit]


def constant(url: str, rate: int, seconds: int) -> Figures:
    """Send requests at a constant rate. Each one's time counts from its scheduled start."""
    taken, failed = asyncio.run(_constant(url, rate, rate * seconds))
    cuts = quantiles(taken, n=100)
    return Figures(rate, 0.0, cuts[49] * 1e3, cuts[98] * 1e3, failed)


async def _constant(url: str, rate: int, count: int) -> tuple[list[float], int]:
    parts = urlsplit(url)
    request = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    taken: list[float] = []
    failed = 0
    due: asyncio.Queue[float | None] = asyncio.Queue()

    async def client() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while (start := await due.get()) is not None:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.findall(rb"(?i)content-length: (\d+)", head)[0]))
            taken.append(time.perf_counter() - start)
            failed += not head.startswith(b"HTTP/1.1 200")
        writer.close()

    clients = [asyncio.create_task(client()) for _ in range(CONNECTIONS)]
    begin = time.perf_counter()
    for turn in range(count):
        moment = begin + turn / rate
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        due.put_nowait(moment)
    for _ in clients:
        due.put_nowait(None)
    await asyncio.gather(*clients)
    return taken, failed
