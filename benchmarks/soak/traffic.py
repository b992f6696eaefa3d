"""What a server is asked for all the time, and what goes wrong meanwhile."""

import asyncio
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from providers import ASSETS, INTERVALS
from tests.upstreams import Fault, StandIn
from tests.upstreams.dialects import DIALECTS
from tests.upstreams.streams.faults import StreamFault
from tests.upstreams.streams.venues import VENUES

COINS = tuple(asset.symbol for asset in ASSETS)
LIMITS = (50, 100, 200, 500, 1000)
SERIES = [*itertools.product(COINS, INTERVALS, LIMITS)]
"""More different answers than the cache has room for."""
CLIENTS = 20
"""Streams that are open at once."""
LONGEST_STREAM = 60.0
"""Seconds after which a client has left, and another one comes."""
FAULT_EACH, DROP_EACH = 0.5, 20.0
"""Seconds between two changes of a provider's faults, and between two ends of a venue's streams."""
SICK = 0.5
"""The share of changes that add a fault. Most providers are well at any time, as most are in truth."""


def paths(chance: random.Random) -> Iterator[str]:
    """Yield requests without end: most for candles and prices, the others for everything that computes."""
    while True:
        coin, code, limit = chance.choice(SERIES)
        some = ",".join(chance.sample(COINS, 4))
        yield chance.choices(
            (
                f"/api/ohlcv?symbol={coin}&interval={code}&limit={limit}",
                f"/api/prices?symbols={some}",
                "/api/prices",
                f"/api/indicators?symbol={coin}&interval=1h&indicators=rsi,macd&limit=50",
                f"/api/ohlcv/batch?symbols={some}&intervals=1h&limit=50",
                chance.choice(("/api/sentiment", "/api/market/overview", "/api/health", "/api/providers")),
            ),
            (60, 20, 5, 5, 2, 8),
        )[0]


def fault(chance: random.Random) -> Fault:
    """Return a fault for the next few calls of a provider."""
    times = chance.choice((1, 2, 4, 8))
    kind = chance.choice(
        (
            "status",
            "reset",
            "hang",
            "html",
            "cut",
            "cut_json",
            "empty",
            "nan",
            "unsorted",
            "gap",
            "delay",
            "old",
        )
    )
    return Fault(kind, status=chance.choice((429, 500, 502, 503)), seconds=2.0, times=times)


async def disturb(stand_in: StandIn, chance: random.Random, count: Counter[str]) -> None:
    """Give providers faults and take them away, and end the streams of venues, until it is cancelled."""
    names, streams = sorted(DIALECTS), stand_in.open_streams()
    for turn in itertools.count(1):
        await asyncio.sleep(FAULT_EACH)
        name = chance.choice(names)
        stand_in.heal(name)
        if chance.random() < SICK:
            stand_in.fault(name, fault(chance))
            count["faults"] += 1
        if turn % round(DROP_EACH / FAULT_EACH) == 0:
            streams.fault(chance.choice(sorted(VENUES)), StreamFault("drop"))
            count["ended streams of venues"] += 1


async def listen(port: int, chance: random.Random, count: Counter[str]) -> None:
    """Open one stream after the other, each of them for a while, until it is cancelled."""
    while True:
        channels = [
            f"{kind}:{coin}{'USDT:1m' if kind == 'candles' else ''}"
            for kind in ("prices", "candles")
            for coin in chance.sample(COINS[:10], 3)
        ]
        try:
            async with connect(f"ws://127.0.0.1:{port}/api/stream") as stream:
                count["streams"] += 1
                await stream.send(json.dumps({"op": "subscribe", "channels": channels}))
                async with asyncio.timeout(chance.uniform(1, LONGEST_STREAM)):
                    async for _ in stream:
                        count["messages"] += 1
        except TimeoutError:
            continue  # it has listened for long enough
        except (OSError, WebSocketException):
            count["broken streams"] += 1
            await asyncio.sleep(1)
