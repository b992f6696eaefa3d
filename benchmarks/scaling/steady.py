"""What goes on without requests: streams, the sequence of messages in Redis, the history, an idle server."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.compare.measures import KEY
from benchmarks.history import findings, timed
from benchmarks.process import Server, cpu_of
from benchmarks.scaling.costs import Figure
from benchmarks.streams.__main__ import measured
from benchmarks.streams.messages import BYTES
from engine.config import Settings
from engine.history.archive import Archive
from engine.history.series import Cause, SeriesKey
from tests.running import Engine

SECONDS = 10.0
SETTLE = 5.0
STREAMS = 1000
COINS, DAYS = 3, 70


@dataclass(frozen=True)
class Spent:
    """Microseconds of processor time a message: of the leading worker, of each other one, and of Redis."""

    leading: float
    reading: float
    redis: float


def sequence(engine: Engine, redis: int, rate: float) -> Spent:
    """Return what `rate` messages a second cost Redis, the worker that writes them and those that read."""
    time.sleep(SETTLE)
    workers = [pid for pid in Server(engine.process.pid).family if pid != engine.process.pid]
    before = {pid: cpu_of([pid]) for pid in (*workers, redis)}
    start = time.perf_counter()
    time.sleep(SECONDS)
    messages = (time.perf_counter() - start) * rate
    spent = {pid: (cpu_of([pid]) - before[pid]) / messages * 1e6 for pid in before}
    *reading, leading = sorted(spent[pid] for pid in workers)
    return Spent(leading, median(reading), spent[redis])


def per_message(spent: Mapping[int, Spent], rate: float) -> dict[str, Figure]:
    """Return the cost of a message from what it costs with few and with many workers."""
    (few, less), (many, more) = sorted(spent.items())
    each = max(0.0, (more.redis - less.redis) / (many - few))
    command = f"benchmarks.scaling.shared_app, {rate:.0f} messages a second, {few} and {many} workers"
    figures = {
        "publish": less.leading - less.reading,
        "read_message": less.reading,
        "redis_append": max(0.0, less.redis - few * each),
        "redis_message": each,
    }
    return {name: Figure(round(value, 2), "us", command) for name, value in figures.items()}


def streams(engine: Engine) -> dict[str, Figure]:
    """Return what a message to each of many clients costs, and the memory of a connection."""
    cost, command = measured(engine, STREAMS, KEY), f"python -m benchmarks.streams, {STREAMS} clients"
    return {
        "message": Figure(round(cost.cpu, 2), "us", command),
        "message_bytes": Figure(BYTES, "bytes", command),
        "stream_kilobytes": Figure(round(cost.kilobytes, 2), "KB", command),
    }


def idle(engine: Engine) -> Figure:
    """Return the share of a core that a server uses without clients."""
    time.sleep(SETTLE)
    server, start = Server(engine.process.pid), time.perf_counter()
    before = server.cpu
    time.sleep(SECONDS)
    share = (server.cpu - before) / (time.perf_counter() - start)
    return Figure(round(share, 5), "cores", "python -m benchmarks, idle")


def per_candle() -> dict[str, Figure]:
    """Return what a kept candle costs, and its bytes on the disk."""
    with TemporaryDirectory() as folder:
        archive = Archive(Settings(data_dir=folder, history_enabled=True, history_max_bytes=1 << 40))
        seconds, count = 0.0, 0
        for number in range(COINS):
            key = SeriesKey(f"coin{number}", "USDT", "1m")
            for finding in findings(number, DAYS):
                seconds += timed(lambda: archive.write(key, finding, Cause.JOB))  # noqa: B023 - called at once
                count += len(finding.candles)
        archive.stop()
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    command = f"python -m benchmarks.history {COINS} {DAYS}"
    return {
        "candle": Figure(round(seconds / count * 1e6, 2), "us", command),
        "candle_bytes": Figure(round(size / count, 1), "bytes", command),
    }
