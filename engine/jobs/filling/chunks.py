"""Fetch one chunk of a series from the first venue that has it, and fill its holes from others."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import msgspec

from engine.analysis.candles import Sound
from engine.history.ranges import Range, has, union, within, without
from engine.history.series import Finding, Gap, KeptCandle, Reason
from engine.jobs.filling.outages import outages, reference
from engine.jobs.filling.venue import Venues
from engine.upstream import Upstream
from providers import INTERVALS, Candle, CandleSource, Interval, ProviderError

AGREEMENT = 0.02
"""Maximum fraction by which the prices of two agreeing venues differ."""
OTHERS = 3
"""Maximum number of other venues to ask for holes."""
DISAGREES = "Disagrees"
"""Reason for unused candles of a venue: its prices are too far from those of others."""


class ChunkFailed(Exception):
    """No venue sent the chunk. `failures` has the reason of each."""

    def __init__(self, failures: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in failures.items()))
        self.failures = failures


class Chunk(msgspec.Struct, frozen=True):
    """The candles and gaps of a chunk, and the venues that failed."""

    finding: Finding
    failures: Mapping[str, str]


def fetch_chunk(
    venues: Venues,
    order: Sequence[Upstream[CandleSource]],
    first: int,
    until: int,
    *,
    listed: int | None = None,
    before: Candle | None = None,
) -> Chunk:
    """Return the candles that open in `[first, until)`. Raises `ChunkFailed`.

    `order` are the venues to ask, `listed` is when the coin's first candle opens, and `before` is the kept
    candle just before the chunk. A venue whose prices do not continue it has another market.
    """
    now = venues.now()
    if listed is not None and until <= listed:
        return Chunk(Finding(first, until, (), now, (Gap(first, until, "before_listing"),)), {})
    failures: dict[str, str] = {}
    silent: list[str] = []
    main: tuple[Upstream[CandleSource], Sound] | None = None
    for upstream in order:
        sound = _asked(venues, upstream, first, until, failures)
        if sound is None:
            continue
        if not sound.candles:
            silent.append(upstream.name)
        elif before is not None and not _joins(before, sound.candles, venues.interval):
            failures[upstream.name] = DISAGREES
        else:
            main = upstream, sound
            break
    if main is None:
        if not silent:
            raise ChunkFailed(failures)
        # without a candle before it, the coin may not have been listed yet
        reason: Reason = "no_trades" if len(silent) > 1 and before is not None else "unknown"
        return Chunk(Finding(first, until, (), now, (Gap(first, until, reason),)), failures)
    kept = [KeptCandle(candle, main[0].name, known=now) for candle in main[1].candles]
    missing, early = _missing(kept, venues.interval, first, until, listed)
    others = [it for it in order if it is not main[0] and it.name not in failures][:OTHERS]
    kept, confirmed = _filled(venues, kept, missing, main[1], others, failures, (first, until))
    gaps = [*early, *(Gap(begin, end, "no_trades") for begin, end in confirmed)]
    down = _down(venues, *main, kept, gaps, failures, (first, until))
    gaps += [Gap(begin, end, "venue_outage") for begin, end in down]
    return Chunk(Finding(first, until, kept, now, tuple(gaps)), failures)


def _asked(
    venues: Venues, upstream: Upstream[CandleSource], first: int, until: int, failures: dict[str, str]
) -> Sound | None:
    try:
        return venues.candles(upstream, first, until)
    except ProviderError as error:
        failures[upstream.name] = error.reason
        return None


def _joins(before: Candle, candles: Sequence[Candle], interval: Interval) -> bool:
    """Return whether the first candle opens near the close before it. After a gap, any price is possible."""
    adjacent = interval.after(before.open_time) == candles[0].open_time
    return not adjacent or abs(candles[0].open / before.close - 1) <= AGREEMENT


def _missing(
    kept: Sequence[KeptCandle], interval: Interval, first: int, until: int, listed: int | None
) -> tuple[list[Range], list[Gap]]:
    """Return the ranges without candles, and the gap before the listing, which no venue can fill."""
    missing = without([(first, until)], _opened(kept, interval))
    began = kept[0].candle.open_time
    if listed is not None and first < began and listed >= first - INTERVALS["1w"].length:
        return without(missing, [(first, began)]), [Gap(first, began, "before_listing")]
    return missing, []


def _opened(kept: Iterable[KeptCandle], interval: Interval) -> list[Range]:
    return union((it.candle.open_time, interval.after(it.candle.open_time)) for it in kept)


def _filled(
    venues: Venues,
    kept: list[KeptCandle],
    missing: list[Range],
    main: Sound,
    others: Sequence[Upstream[CandleSource]],
    failures: dict[str, str],
    chunk: Range,
) -> tuple[list[KeptCandle], list[Range]]:
    """Return the candles with those of others in the `missing` ranges, and the ranges that saw no trade.

    A row of the main venue without a valid candle shows nothing about trades.
    """
    confirmed: list[Range] = []
    unreadable = [(time, venues.interval.after(time)) for time in main.left_out]
    closes = {it.candle.open_time: it.candle.close for it in kept}
    for upstream in others if missing else ():
        sound = _asked(venues, upstream, *chunk, failures)
        apart = None if sound is None else _apart(closes, sound.candles)
        if sound is None or apart is None:
            continue
        if apart > AGREEMENT:
            failures[upstream.name] = DISAGREES
            continue
        now = venues.now()
        new = [
            KeptCandle(candle, upstream.name, filled=True, known=now)
            for candle in sound.candles
            if has(missing, candle.open_time)
        ]
        kept = sorted((*kept, *new), key=lambda it: it.candle.open_time)
        missing = without(missing, _opened(new, venues.interval))
        confirmed = without(missing, unreadable)
        if not missing:
            break
    return kept, without(within(confirmed, *chunk), without([chunk], missing))


def _down(
    venues: Venues,
    upstream: Upstream[CandleSource],
    sound: Sound,
    kept: Sequence[KeptCandle],
    gaps: Iterable[Gap],
    failures: dict[str, str],
    chunk: Range,
) -> list[Range]:
    """Return the ranges without a candle and without a reason in which the main venue was down.

    A row of the venue, even without a valid candle, shows that it was not down.
    """
    interval = venues.interval
    sent = [candle.open_time for candle in sound.candles]
    lacking = without([chunk], union((time, interval.after(time)) for time in (*sent, *sound.left_out)))
    known = union([*_opened(kept, interval), *((gap.first, gap.until) for gap in gaps)])
    unexplained = without(lacking, known)
    busy = _asked(reference(venues), upstream, *chunk, failures) if unexplained else None
    return [] if busy is None else outages(lacking, unexplained, busy, interval, chunk)


def _apart(closes: Mapping[int, float], candles: Sequence[Candle]) -> float | None:
    """Return the fraction by which the closes of common times differ, `None` without a common time."""
    common = [abs(it.close / closes[it.open_time] - 1) for it in candles if it.open_time in closes]
    return median(common) if common else None
