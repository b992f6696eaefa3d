"""The requests of a signal platform's clients and their rates. Locust runs many of them."""

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from locust import FastHttpUser, constant_throughput, task

from providers import ASSETS
from providers import INTERVALS as CODES
from tests.load.profiles import Profile

SYMBOLS = ("BTC", "ETH", "SOL", "BNB", "XRP", "ADA", "DOGE", "AVAX")
INTERVALS = ("15m", "1h", "4h")
WATCHED = "BTC,ETH,BNB,SOL,XRP,ADA,DOGE,AVAX,DOT,LINK,LTC,UNI,ATOM,MATIC"
PRICES = f"/api/prices?symbols={WATCHED}"
SENTIMENT = ("/api/sentiment", "/api/market/overview")
EVERYTHING = (
    PRICES,
    "/api/prices",
    *SENTIMENT,
    *(f"/api/ohlcv?symbol={symbol}&interval={code}" for symbol in SYMBOLS for code in INTERVALS),
)
"""Every query that many of them make."""
RARE = tuple(
    f"/api/ohlcv?symbol={asset.symbol}&interval={code}"
    for asset in ASSETS
    for code in CODES
    if asset.symbol not in SYMBOLS
)
"""Queries that clients seldom make: most of them are requested for the first time."""


def addresses() -> Iterator[str]:
    """Yield the addresses of a public service's clients, each of which stays within its quota."""
    return itertools.cycle(f"198.18.{high}.{low}" for high in range(16) for low in range(1, 251))


class CacheCount:
    """The count of cached answers and hits."""

    def __init__(self) -> None:
        self.hits = 0
        self.cached = 0

    def count(self, response: Any = None, **_: object) -> None:
        """Count an answer, as Locust passes it."""
        status = (response.headers.get("Cache-Status") or "") if response is not None else ""
        if status:
            self.cached += 1
            self.hits += status.startswith("engine; hit")


def client(profile: Profile, seed: int = 7) -> type[FastHttpUser]:
    """Return a kind of user that makes its share of `profile`'s requests, whatever the answers take."""
    dice = random.Random(seed)
    from_where = addresses()

    def asks(path: Callable[[], str], name: str) -> Callable[[FastHttpUser], None]:
        def ask(self: FastHttpUser) -> None:
            self.client.get(path(), name=name, headers={"X-Forwarded-For": next(from_where)})

        return ask

    class Client(FastHttpUser):
        """A client that requests prices every few seconds, candles for signals, and rarely the rest."""

        wait_time = constant_throughput(profile.per_minute / 60 / profile.users)
        rare = task(1)(asks(lambda: dice.choice(RARE), "/api/ohlcv (rare)"))
        prices = task(200)(asks(lambda: PRICES, "/api/prices"))
        all_prices = task(25)(asks(lambda: "/api/prices", "/api/prices (all)"))
        candles = task(175)(asks(lambda: dice.choice(EVERYTHING[4:]), "/api/ohlcv"))
        sentiment = task(50)(asks(lambda: dice.choice(SENTIMENT), "sentiment"))
        health = task(49)(asks(lambda: dice.choice(("/api/health", "/api/providers")), "state"))

    return Client
