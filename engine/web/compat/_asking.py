"""The use cases, as dialects ask them: with limits of their own, and never with data that is too old."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine.cache.answers import Answer
from engine.errors import InsufficientData
from engine.market import MINIMUM, Named, Wanted
from engine.web.compat._retelling import Heard, Outdated, hear
from engine.web.services import current_services
from providers import Interval
from schemas import NamedPair

QUOTES_COUNT = 300.0
"""Seconds after which a quote is none any more, and so no ticker either."""
INTERVALS_COUNT = 2
"""Intervals after which the newest candle is not the newest any more."""


def candles(
    coin: NamedPair, interval: Interval, limit: int, start: int | None = None, end: int | None = None
) -> Heard:
    """At most `limit` candles, fewer than the engine's own interface gives included; times in milliseconds.

    Raises an `ApiError`, and `Outdated` where the newest candle that is kept is not the newest any more.
    """
    newest = start is None and end is None
    count = max(limit, MINIMUM) if newest else limit
    wanted = replace(Wanted.of(coin.symbol, coin.pair, interval, count, start, end), in_time=True)
    heard = hear(_however_few(wanted), INTERVALS_COUNT * interval.length / 1000)
    return _shortened(heard, limit)


def _however_few(wanted: Wanted) -> Answer:
    """As a window that ends now, where fewer exist than the newest have to be."""
    try:
        return current_services().market.candles(wanted)
    except InsufficientData:
        now = wanted.interval.open_time(current_services().market.now() * 1000)
        return current_services().market.candles(replace(wanted, window=replace(wanted.window, end=now)))


def _shortened(heard: Heard, limit: int) -> Heard:
    """Its newest `limit` candles, and what is known about those."""
    heard.data[:-limit] = []
    first = heard.data[0]["timestamp"] if heard.data else 0
    heard.meta["gaps"][:] = [gap for gap in heard.meta["gaps"] if gap[0] >= first]
    if "filled" in heard.meta:
        heard.meta["filled"][:] = [fill for fill in heard.meta["filled"] if fill["timestamp"] >= first]
    return heard


def prices(coins: Sequence[NamedPair] | None, convert: str) -> Heard:
    """The price of each of `coins`, or of every coin by rank, in `convert` (USD or USDT).

    What is older than five minutes is left out. Raises an `ApiError`, and `Outdated` where nothing is left.
    In whichever order coins are asked, one answer is kept.
    """
    named = {coin.name: Named(coin.name, coin.pair.base) for coin in coins or ()}
    ordered = None if coins is None else [named[name] for name in sorted(named)]
    heard = hear(current_services().market.prices(ordered, convert), math.inf)
    if ordered:
        order = list(named)
        heard.data.sort(key=lambda row: order.index(row["symbol"]))
    ages = [
        current_services().market.now() - datetime.fromisoformat(row["lastUpdate"]).timestamp()
        for row in heard.data
    ]
    if ages and min(ages) > QUOTES_COUNT:
        raise Outdated.of(min(ages))
    heard.data[:] = [row for row, age in zip(heard.data, ages, strict=True) if age <= QUOTES_COUNT]
    return heard


def overview() -> Heard:
    """The market as a whole. Raises an `ApiError`, and `Outdated` where it has twice outlived its time."""
    return _heard(current_services().market.overview())


def categories() -> Heard:
    """The kinds of coins, the same way."""
    return _heard(current_services().market.categories())


def mood() -> Heard:
    """How the market feels, the same way."""
    return _heard(current_services().market.sentiment(None, None))


def news(limit: int) -> Heard:
    """The newest stories, the same way."""
    return _heard(current_services().market.news(None, limit, None))


def _heard(answer: Answer) -> Heard:
    """What is made of parts is soon asked for again where one failed; that makes the others no older."""
    usual = current_services().settings.cache_ttl_sentiment
    return hear(answer, 2 * max(usual, answer.lifetime))
