"""Candles of lengths that the engine does not serve, made exactly from shorter ones."""

from msgspec.structs import replace

from engine.analysis.candles import resample
from engine.market import MAXIMUM
from engine.market.candles.slices import CandleSlice
from engine.web.compat import _use_cases
from engine.web.services import current_services
from providers import INTERVALS, Interval
from schemas import RequestedPair

MINUTE = 60_000
ALIGNED = [it for it in INTERVALS.values() if it.code not in ("1w", "1M")]
"""Intervals that are aligned to the beginning of Unix time, as all candles made here are."""
MOST_PAGES = 5
"""Requests for shorter candles behind one answer."""


def interval_of(minutes: int) -> Interval:
    """Return the interval of so many minutes: a served one, or one to be made."""
    served = {it.length: it for it in ALIGNED}
    return served.get(minutes * MINUTE) or Interval(f"{minutes}m", minutes * MINUTE)


def most(interval: Interval) -> int:
    """Return how many candles `candles` can give at once."""
    if interval in INTERVALS.values():
        return MAXIMUM
    return min(MAXIMUM, MOST_PAGES * MAXIMUM // (interval.length // _part_of(interval).length))


def _part_of(interval: Interval) -> Interval:
    """Return the longest served interval that makes up another one."""
    return max((it for it in ALIGNED if not interval.length % it.length), key=lambda it: it.length)


def candles(coin: RequestedPair, interval: Interval, limit: int, end: int | None = None) -> CandleSlice:
    """Return at most `limit` candles up to `end` (Unix milliseconds), the newest by default.

    Fewer are returned than exist where five requests for shorter candles do not cover them. Raises an
    `ApiError`.
    """
    if interval in INTERVALS.values():
        return _use_cases.candles(coin, interval, limit, end=end)
    small = _part_of(interval)
    parts = interval.length // small.length
    last = None if end is None else small.after(interval.after(interval.open_time(end)), -1)
    left = limit * parts + (parts - 1 if end is None else 0)
    found = page = _use_cases.candles(coin, small, min(left, MAXIMUM), end=last)
    for _ in range(MOST_PAGES - 1):
        left -= len(page.candles)
        if left <= 0 or len(page.candles) < min(MAXIMUM, left):
            break
        before = small.after(page.candles[0].open_time, -1)
        page = _use_cases.candles(coin, small, min(left, MAXIMUM), end=before)
        found = replace(
            found,
            candles=(*page.candles, *found.candles),
            gaps=(*page.gaps, *found.gaps),
            reasons=(*page.reasons, *found.reasons),
            filled=(*page.filled, *found.filled),
        )
    merged = resample(found.candles, small, interval, current_services().market.milliseconds())
    return replace(found, interval=interval, candles=tuple(merged[-limit:]))
