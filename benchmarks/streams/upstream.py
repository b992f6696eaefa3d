"""How long a frame takes from an exchange's socket to a client's, both on this machine."""

import json
import time
from collections.abc import Mapping
from statistics import median, quantiles

from websockets.sync.client import connect

from tests.running import Engine
from tests.upstreams import StandIn

FRAMES = 60
LONGEST = 60.0


def report_upstream(settings: Mapping[str, str], stand_in: StandIn) -> None:
    """Print how long the frames of a running candle took, which are at most four a second."""
    with Engine(settings) as engine:
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
