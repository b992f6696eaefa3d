"""Let a server work with faults, streams and alert rules, and see whether it keeps its size.

The exit status is 1 if memory, file descriptors or threads grow, or if an answer is an internal error.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from benchmarks.compare.table import machine
from benchmarks.paced import BROKEN, UNSENT, paced
from benchmarks.process import Server
from benchmarks.soak.alerts import settings, state_rules, try_rules
from benchmarks.soak.readings import Reading, judged, read, report
from benchmarks.soak.traffic import CLIENTS, disturb, listen, paths
from tests.engine.alerts.receiving import Receiver
from tests.running import Engine
from tests.upstreams import StandIn

SECONDS, RATE = 1800.0, 100.0
FULL_SECONDS = 660.0
"""When all caches are full: messages of streams are kept for ten minutes."""
FULL_SHARE = 1 / 3
"""When a run counts that is too short for that."""
EACH = 2.0
"""Seconds between two readings."""
SEED = 7


@dataclass
class Run:
    """What happened in a run: readings, answers by status, and counts of everything else."""

    readings: list[Reading] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    count: Counter[str] = field(default_factory=Counter)


def main(arguments: Sequence[str]) -> int:
    """Run, report, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--rate", type=float, default=RATE, help="requests a second")
    options = parser.parse_args(arguments)
    run = soak(options.seconds, options.rate)
    full = min(FULL_SECONDS, options.seconds * FULL_SHARE)
    readings = [reading for reading in run.readings if reading.time >= full]
    result = judged(readings)
    print(f"\n{machine()}; {options.rate:g} requests a second for {options.seconds:g} s\n")
    print("\n".join(report(result)))
    print(
        f"memory: {run.readings[0].megabytes:.0f} MB at the start, {readings[0].megabytes:.0f} MB after ",
        end="",
    )
    print(f"{full:.0f} s, {readings[-1].megabytes:.0f} MB at the end")
    print(f"answers: {_listed(run.statuses)}; {_listed(run.count)}")
    missed = [*result.missed, *_broken(run.statuses)]
    print("\n".join(["", *missed]) if missed else "\nall limits hold", flush=True)
    return 1 if missed else 0


def soak(seconds: float, rate: float) -> Run:
    """Start a server over a stand-in, and let it work."""
    with TemporaryDirectory(prefix="soak-") as name, Receiver() as receiver, StandIn() as stand_in:
        environment = {
            **stand_in.base_urls(),
            **stand_in.open_streams().urls(),
            **settings(Path(name)),
            "DATA_DIR": f"{name}/data",
            "CATALOGUE_ENABLED": "true",
            "RATE_LIMIT_ENABLED": "false",
            "LOG_LEVEL": "ERROR",
        }
        with Engine(environment, fresh=True) as engine:
            requests.get(f"{engine.url}/api/prices", timeout=60).raise_for_status()
            rules = state_rules(engine, receiver)
            run = Run()
            asyncio.run(_work(engine, stand_in, rules, run, seconds, rate))
            run.count["alerts"] = len(set(receiver.ids))
            return run


async def _work(
    engine: Engine, stand_in: StandIn, rules: list[str], run: Run, seconds: float, rate: float
) -> None:
    """Send requests at the rate, with everything else beside them."""
    beside = [
        _watch(Server(engine.process.pid), run.readings),
        disturb(stand_in, random.Random(SEED), run.count),
        try_rules(engine, rules, run.count),
        *(listen(engine.port, random.Random(SEED + turn), run.count) for turn in range(CLIENTS)),
    ]
    tasks = [asyncio.create_task(each) for each in beside]
    run.statuses = await paced(engine.port, paths(random.Random(SEED)), rate, seconds)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            raise RuntimeError("something beside the requests has ended before them") from ended


async def _watch(server: Server, readings: list[Reading]) -> None:
    """Take readings until it is cancelled."""
    began = time.monotonic()
    while True:
        readings.append(read(server, time.monotonic() - began))
        await asyncio.sleep(EACH)


def _broken(statuses: Counter[int]) -> list[str]:
    """Return sentences where answers were internal errors or missing, and where the rate was not reached."""
    count = statuses[HTTPStatus.INTERNAL_SERVER_ERROR] + statuses[BROKEN]
    found = [f"{count} requests had an internal error or no answer"] if count else []
    unsent = (
        [f"{statuses[UNSENT]} requests were not sent: the machine was too slow"] if statuses[UNSENT] else []
    )
    return found + unsent


def _listed(count: Counter[int] | Counter[str]) -> str:
    names = {f"{BROKEN}": "without an answer", f"{UNSENT}": "not sent"}
    return ", ".join(
        f"{number} {names.get(f'{name}', name)}" for name, number in sorted(count.items(), key=str)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
