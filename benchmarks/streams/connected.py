"""Clients of streams in a process of their own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.streams.clients import SETTLE, Taken
from tests.running import ROOT


@contextmanager
def clients(
    port: int, count: int, key: str | None, seconds: float, settle: float = SETTLE
) -> Iterator[subprocess.Popen[str]]:
    """Start so many clients, which are connected when the block begins.

    After `settle` seconds they note for `seconds` what comes, which `taken` returns. Clients that cannot
    connect raise `ConnectionError`.
    """
    arguments = ["127.0.0.1", str(port), str(count), str(seconds), key or "", str(settle)]
    command = [sys.executable, "-m", "benchmarks.streams.clients", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline() != "connected\n":
                raise ConnectionError(f"{count} clients of streams did not connect")
            yield process
        finally:
            process.terminate()


def taken(process: subprocess.Popen[str]) -> Taken:
    """Wait until clients have listened long enough, and return how long their messages took."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise ConnectionError("the clients of streams have ended")
    return Taken(**json.loads(line))
