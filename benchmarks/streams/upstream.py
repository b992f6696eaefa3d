"""How long a frame takes from an exchange's socket to a client's, both on this machine."""

import json
import time
from collections.abc import Mapping
from statistics import median, quantiles

from websockets.sync.client import connect

from tests.running import Engine
from tests.upstreams import StandIn

FRAMES = 60
PACE = 0.6
"""Seconds between two looks of the stand-in at its market. More than four changes a second are conflated."""
LONGEST = 60.0


def report_upstream(settings: Mapping[str, str], stand_in: StandIn) -> None:
    """Print how long the frames of a running candle took that follow a pause, so that they go out at once."""
    hosts = stand_in.base_urls() | stand_in.open_streams(pace=PACE).urls()
    with Engine({**settings, **hosts}) as engine:
        address = engine.url.replace("http", "ws") + "/api/stream"
        with connect(address) as stream:
            stream.send(json.dumps({"op": "subscribe", "channels": ["candles:BTCUSDT:1m"]}))
            taken: list[float] = []
            end = time.monotonic() + LONGEST
            while len(taken) < FRAMES and time.monotonic() < end:
                message = json.loads(stream.recv(LONGEST))
                if message["type"] == "candle" and message["sourceTime"] is not None:
                    taken.append(time.time() * 1000 - message["sourceTime"])
    print(
        f"from the exchange's socket to the client's: median {median(taken):.1f}, "
        f"p90 {quantiles(taken, n=10)[-1]:.1f} ms",
        flush=True,
    )
