"""Run a profile of `make load`, and print what it cost the server as JSON.

It is a process of its own, because Locust replaces the sockets of its process.
"""

from tests.load.__main__ import drive, served  # isort: skip - Locust patches sockets before other imports

import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from benchmarks.process import Server
from benchmarks.scaling.prediction import Outcome
from tests.load.profiles import PROFILES


def main(name: str) -> Outcome:
    """Return what a profile costs a server that has answered each frequent query once."""
    with served() as (engine, stand_in), TemporaryDirectory() as folder:
        server = Server(engine.process.pid)
        spent, before = server.cpu, calls(stand_in)
        figures = drive(PROFILES[name], engine.url, Path(folder) / "page.html")
        return Outcome(figures.requests, server.cpu - spent, calls(stand_in) - before)


def calls(stand_in: str) -> int:
    """Return how many calls have reached the providers."""
    count: int = requests.get(f"{stand_in}/_control/calls", timeout=30).json()["count"]
    return count


if __name__ == "__main__":
    print(json.dumps(asdict(main(sys.argv[1]))))
