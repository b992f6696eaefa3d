"""The requests of a signal platform's clients and their rates. Locust runs many of them."""

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from locust import FastHttpUser, constant_throughput, task

from tests.load.mix import FREQUENT, PRICES, RARE, SENTIMENT, STATE, WEIGHTS, candles
from tests.load.profiles import Profile


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
        rare = task(WEIGHTS["rare"])(asks(lambda: candles(*dice.choice(RARE)), "/api/ohlcv (rare)"))
        prices = task(WEIGHTS["prices"])(asks(lambda: PRICES, "/api/prices"))
        all_prices = task(WEIGHTS["all prices"])(asks(lambda: "/api/prices", "/api/prices (all)"))
        series = task(WEIGHTS["candles"])(asks(lambda: candles(*dice.choice(FREQUENT)), "/api/ohlcv"))
        sentiment = task(WEIGHTS["sentiment"])(asks(lambda: dice.choice(SENTIMENT), "sentiment"))
        health = task(WEIGHTS["state"])(asks(lambda: dice.choice(STATE), "state"))

    return Client
