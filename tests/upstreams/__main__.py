"""Run the stand-in in the foreground: `python -m tests.upstreams --port 9900`."""

from __future__ import annotations

import argparse
import signal
from threading import Event

from .server import StandIn
from .world import LISTED, USUAL_SIZE


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.upstreams", description=__doc__)
    parser.add_argument("--port", type=int, default=9900)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--markets", type=int, default=USUAL_SIZE, help="markets beside those of known coins")
    parser.add_argument("--listed", type=float, default=LISTED, help="the share of venues that list a coin")
    options = parser.parse_args()
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with StandIn(**vars(options)) as stand_in:
        print(f"stand-in ready at {stand_in.address}", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
