"""Try a released client in a process of its own, with the packages that it needs."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.running import ROOT

NODE = ROOT / "tests/engine/web/compat/node"
CONNECTOR = ROOT / ".venv/binance-connector"
"""The folder of a package that cannot be beside python-binance, since both are called `binance`."""
APART = ROOT / ".venv/clients/bin/python"
SECONDS = 600
"""The limit for all calls of a client, on a busy machine."""


@dataclass(frozen=True)
class Trial:
    """The calls that worked, each with its client and version, and what the process wrote if it failed."""

    calls: tuple[Mapping[str, str], ...]
    failure: str

    @property
    def works(self) -> bool:
        """Return whether every call worked."""
        return bool(self.calls) and not self.failure

    @property
    def clients(self) -> set[str]:
        """Return the names of the clients that made a call."""
        return {call["client"] for call in self.calls}


def in_python(client: str, url: str, interpreter: str = sys.executable) -> Trial:
    """Try a client of Python."""
    path = os.pathsep.join([f"{CONNECTOR}"] if client == "binance-connector" else [])
    command = (interpreter, "-m", "tests.released.calling", client, url)
    return _trial(command, ROOT, {"PYTHONPATH": path})


def apart(client: str, url: str) -> Trial:
    """Try a client of Python that is installed apart."""
    return in_python(client, url, f"{APART}")


def in_node(client: str, url: str) -> Trial:
    """Try a client of Node, or with an empty name all of them in one process."""
    return _trial(("node", "clients.mjs", url, client), NODE, {})


def _trial(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Trial:
    finished = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    lines = [line for line in finished.stdout.splitlines() if line.startswith('{"client"')]
    failure = finished.stderr or f"exit status {finished.returncode}" if finished.returncode else ""
    return Trial(tuple(map(json.loads, lines)), failure)
