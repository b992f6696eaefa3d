"""Find times in which a venue was down: the same candles of a busy coin are missing there."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from engine.analysis.candles import Sound
from engine.history.ranges import Range, union, within, without
from engine.jobs.filling.venue import Venues
from providers import ASSET_BY_NAME, Interval, Pair

BUSY = (ASSET_BY_NAME["BTC"], ASSET_BY_NAME["ETH"])
"""Coins that are traded at every venue in every minute. The second one is the reference for the first."""
DOLLARS = ("USDT", "USD")


def reference(venues: Venues) -> Venues:
    """Return the same venues for the market of another, busy coin."""
    pair = venues.pair
    quote = pair.quote if pair.quote in DOLLARS else DOLLARS[0]
    busy = next(coin for coin in BUSY if coin != pair.base)
    return replace(venues, pair=Pair(busy, quote))


def outages(
    lacking: Iterable[Range], unexplained: Iterable[Range], busy: Sound, interval: Interval, chunk: Range
) -> list[Range]:
    """Return the `unexplained` ranges of a chunk in which the venue was down.

    `lacking` are all ranges of the chunk without a candle of the coin, and `busy` are the candles of the busy
    coin. A range counts if these are missing in it too, and present around it. If the busy coin lacks
    candles that this coin has, it is not busy at this venue, and proves nothing.
    """
    opened = [candle.open_time for candle in busy.candles]
    sent = union((time, interval.after(time)) for time in (*opened, *busy.left_out))
    silent = without([chunk], sent)
    if without(silent, lacking):
        return []
    inside = [(first, until) for first, until in silent if first > chunk[0] and until < chunk[1]]
    return _common(inside, list(unexplained))


def _common(ranges: Sequence[Range], others: Sequence[Range]) -> list[Range]:
    return union(part for first, until in others for part in within(ranges, first, until))
