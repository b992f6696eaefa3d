"""Candles of the invented markets, computed from their prices without a walk of minutes."""

from __future__ import annotations

from math import sqrt

from .drawn import Candle
from .intervals import DAY, INTERVALS
from .oddballs import Listed
from .world import World

WICK = 4e-4
"""How far highs and lows lie beyond the prices that a candle is drawn from."""
LIVELY, CALM, MOST = 0.03, 0.4, 5
"""How far a price goes on a usual day, and the least and the most of the usual volume by how far it went."""


def candles(
    world: World, venue: str, row: Listed, interval: str, first_ms: int, last_ms: int, now_ms: int
) -> list[Candle]:
    """Return the candles within both bounds after the market's opening, or none for one without a trade."""
    grid = INTERVALS[interval]
    first, last = grid.next_opening(max(first_ms, row.since)), grid.opening(min(last_ms, now_ms))
    if not row.volume:
        return []
    places, size_places = world.places(row)

    def price(at_ms: int) -> float:
        return round(world.price(venue, row, at_ms), places)

    found = []
    open_ms = first
    while open_ms <= last:
        closes = grid.after(open_ms)
        end = min(closes, now_ms)
        drawn = [price(open_ms), price((open_ms + end) // 2), price(end)]
        usual = LIVELY * sqrt((closes - open_ms) / DAY)
        heat = CALM + (1 - CALM) * min(MOST, (max(drawn) / min(drawn) - 1) / usual)
        turnover = (
            heat * row.volume * (end - open_ms) / DAY / world.dollars(row.quote.removesuffix("-PERP"), end)
        )
        found.append(
            Candle(
                open_ms,
                closes - open_ms,
                drawn[0],
                round(max(drawn) * (1 + WICK), places),
                round(min(drawn) * (1 - WICK), places),
                drawn[-1],
                round(turnover / drawn[1], size_places),
                round(turnover, 6),
                1 + int(turnover // 800),
                closes <= now_ms,
            )
        )
        open_ms = closes
    return found
