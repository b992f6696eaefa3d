"""What clients do: the assumptions of the model, in one place."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.scaling.costs import Costs
from engine.config import Settings
from engine.jobs.warming import USUAL
from engine.market.candles.lifetimes import lifetime
from engine.streaming.pacing import EACH
from providers import ASSETS, INTERVALS
from tests.load.mix import FREQUENT, RARE, share

DEFAULTS = Settings()
PER_MINUTE = 10.0
"""Requests of one client: those of the profiles `normal`, `peak` and `stress` of `make load`."""
PRICE_LISTS = 100
"""Different lists of coins that clients ask for, which a CDN keeps one by one."""
LIMITS = 3
"""Different limits of each series that clients ask for, which a CDN keeps one by one."""


@dataclass(frozen=True)
class Data:
    """Data that is fetched as one: its share of all requests, and what a refresh calls.

    `lifetime` is seconds. 0 means state, which is never cached. `addresses` is the number of different
    requests for it. `candles` is how many candles of it close in a day.
    """

    share: float
    lifetime: float
    calls: float = 0.0
    addresses: int = 1
    candles: float = 0.0


@dataclass(frozen=True)
class Background:
    """What the background refresh calls every `period` seconds while clients ask, whatever they ask for."""

    period: float
    calls: float
    candles: bool


@dataclass(frozen=True)
class Behaviour:
    """What one client does, and what all of them ask for.

    `streaming` is the share of clients with an open stream, which has so many `channels`. A channel has
    `pace` messages a second, and there are at most so many `series` of them.
    """

    data: Sequence[Data]
    per_minute: float = PER_MINUTE
    streaming: float = 0.5
    channels: int = 2
    pace: float = 1000 / EACH
    """By default as many as the engine lets through: it conflates what comes more often."""
    series: int = len(ASSETS) * (1 + len(INTERVALS))
    background: Sequence[Background] = ()


def usual(costs: Costs) -> Behaviour:
    """Return the assumed behaviour: the kinds of requests of `make load`, over all series of all known coins.

    The n-th coin and the n-th interval are asked for in proportion to 1/n (Zipf's law), and independently.
    """
    coins = zipf(len(ASSETS))
    codes = [*USUAL, *(code for code in INTERVALS if code not in USUAL)]
    asked = share("candles") + share("rare")
    wanted = itertools.product(coins, zip(codes, zipf(len(codes)), strict=True))
    data = [_series(code, asked * coin * part, costs, LIMITS) for coin, (code, part) in wanted]
    return Behaviour([*data, *_others(costs, PRICE_LISTS)], background=background(costs))


def of_load(costs: Costs, per_minute: float) -> Behaviour:
    """Return what each user of `make load` does, without streams, who makes so many requests a minute."""
    frequent = [_series(code, share("candles") / len(FREQUENT), costs, 1) for _, code in FREQUENT]
    rare = [_series(code, share("rare") / len(RARE), costs, 1) for _, code in RARE]
    data = [*frequent, *rare, *_others(costs, 2)]
    return Behaviour(data, per_minute=per_minute, streaming=0.0, background=background(costs))


def background(costs: Costs) -> Sequence[Background]:
    """Return what `CACHE_WARMING_ENABLED` refreshes: prices, and the usual series of some coins."""
    series = len(DEFAULTS.cache_warming_symbols) * len(USUAL) * costs.candle_calls.value
    return (
        Background(DEFAULTS.cache_ttl_prices, costs.price_calls.value, candles=False),
        Background(DEFAULTS.cache_warming_interval, series, candles=True),
    )


def zipf(count: int) -> list[float]:
    """Return shares in proportion to 1, 1/2, 1/3 and so on. Their sum is 1."""
    whole = sum(1 / place for place in range(1, count + 1))
    return [1 / place / whole for place in range(1, count + 1)]


def _series(code: str, asked: float, costs: Costs, addresses: int) -> Data:
    interval = INTERVALS[code]
    fresh = lifetime(interval, DEFAULTS.cache_ttl_ohlcv)
    return Data(asked, fresh, costs.candle_calls.value, addresses, 86_400_000 / interval.mean_length)


def _others(costs: Costs, price_lists: int) -> Iterable[Data]:
    prices = share("prices") + share("all prices")
    yield Data(prices, DEFAULTS.cache_ttl_prices, costs.price_calls.value, price_lists)
    for calls in (costs.sentiment_calls, costs.overview_calls):
        yield Data(share("sentiment") / 2, DEFAULTS.cache_ttl_sentiment, calls.value)
    yield Data(share("state"), 0.0)
