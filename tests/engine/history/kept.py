"""Invented candles for tests of the archive."""

from engine.history.series import Cause, Finding, Gap, KeptCandle, SeriesKey
from providers import INTERVALS, Candle

MINUTE = 60_000
START = 1_767_312_000_000
"""2026-01-02, the start of a page of minutes."""
BTC = SeriesKey("btc", "USDT", "1m")
ETH = SeriesKey("eth", "USDT", "1m")

__all__ = ["BTC", "ETH", "INTERVALS", "MINUTE", "START", "Cause", "Gap", "candle", "finding", "kept"]


def candle(minute: int, close: float = 100.25) -> Candle:
    """Return the candle of a minute after `START`."""
    return Candle(START + minute * MINUTE, 100.0, max(close, 101.5), min(close, 99.0), close, 1.25)


def kept(minute: int, close: float = 100.25, provider: str = "binance", known: int = START) -> KeptCandle:
    """Return the candles as they are stored."""
    return KeptCandle(candle(minute, close), provider, known=known)


def finding(*candles: KeptCandle, known: int = START, gaps: tuple[Gap, ...] = ()) -> Finding:
    """Return the result of a fetch between the first and the last of `candles`."""
    first, last = candles[0].candle.open_time, candles[-1].candle.open_time
    return Finding(first, last + MINUTE, candles, known, gaps)
