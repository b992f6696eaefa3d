"""Candles for the calculation of indicators, the same each time."""

from collections.abc import Sequence
from itertools import pairwise
from math import exp, sin
from random import Random

from msgspec.structs import replace

from providers import INTERVALS, Candle

HOUR = INTERVALS["1h"]
START = 1_767_225_600_000
"""2026-01-01, a Thursday."""


def from_closes(closes: Sequence[float], seed: int = 1) -> list[Candle]:
    """Return hourly candles with these closes; each opens at the close before it."""
    chance = Random(seed)
    return [
        Candle(
            START + place * HOUR.length,
            before,
            max(before, close) * (1 + chance.random() * 0.004),
            min(before, close) * (1 - chance.random() * 0.004),
            close,
            chance.random() * 100,
        )
        for place, (before, close) in enumerate(pairwise([closes[0], *closes]))
    ]


def walk(count: int, seed: int = 1, scale: float = 100.0) -> list[Candle]:
    """Return a random walk that begins near `scale`."""
    chance, logarithm, closes = Random(seed), 0.0, []
    for _ in range(count):
        logarithm += chance.gauss(0, 0.01)
        closes.append(scale * exp(logarithm))
    return from_closes(closes, seed)


def trend(count: int) -> list[Candle]:
    """Return a rising market with setbacks."""
    chance = Random(2)
    return from_closes(
        [100 * exp(0.002 * place + 0.02 * sin(place / 5) + chance.gauss(0, 0.004)) for place in range(count)]
    )


def flat(count: int, price: float = 0.1) -> list[Candle]:
    """Return a market at one price, with trades."""
    return [
        Candle(START + place * HOUR.length, price, price, price, price, 3.0 + place % 7)
        for place in range(count)
    ]


def with_gap(candles: Sequence[Candle], first: int, count: int) -> list[Candle]:
    """Return the candles without `count` of them from the place `first` on."""
    return [*candles[:first], *candles[first + count :]]


def without_volume(candles: Sequence[Candle]) -> list[Candle]:
    """Return the same candles with unknown volumes."""
    return [replace(candle, volume=None) for candle in candles]


KINDS = {
    "walk": walk(420),
    "trend": trend(420),
    "flat": flat(420),
    "gaps": with_gap(walk(520, seed=3), 120, 17),
    "tiny": walk(420, seed=4, scale=1e-8),
}
"""Five kinds of series."""
