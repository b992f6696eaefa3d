"""The names of a market at one venue within a window, and its candles under all of them."""

from collections.abc import Callable, Iterable, Sequence

from engine.analysis.candles import merge
from providers import BadMarket, Candle, CandleSource, Interval, Market, Unsupported, Window

Names = tuple[tuple[int, Market], ...]
"""The names of one market, in ascending order, each with its first time (Unix milliseconds)."""


def names_within(first: int, until: int, changes: Iterable[int], name_at: Callable[[int], Market]) -> Names:
    """Return the names of a market in `[first, until)`, none if it has only one.

    `changes` are the times (Unix milliseconds) at which its name may change.
    """
    times = [first, *sorted(time for time in changes if first < time < until)]
    names: list[tuple[int, Market]] = []
    for time in times:
        name = name_at(time)
        if not names or name.native != names[-1][1].native:
            names.append((time, name))
    return tuple(names) if len(names) > 1 else ()


def is_same(one: Market | None, other: Market | None) -> bool:
    """Return whether two listings are of the same market under the same name. Other facts may differ."""
    return one is not None and other is not None and (one.venue, one.native) == (other.venue, other.native)


def candles_of(source: CandleSource, names: Names, interval: Interval, window: Window) -> list[Candle]:
    """Return the candles of `window` under all names. Raises a `ProviderError`.

    The candle in which the name changes has parts under both names, which are merged. In a window without a
    start, a name that the venue no longer knows ends the search for older candles.
    """
    if window.start is not None:
        return _forward(source, names, interval, window)
    return _backward(source, names, interval, window)


def _forward(source: CandleSource, names: Names, interval: Interval, window: Window) -> list[Candle]:
    found: list[Candle] = []
    for place, (since, market) in enumerate(names):
        start = window.start if place == 0 else interval.open_time(since)
        end = _end(names, place, interval, window)
        limit = window.limit - len(found) + _shares(found[-1:], since, interval)
        if limit > 0 and (start is None or end is None or start <= end):
            found = _joined(found, source.candles(market, interval, Window(limit, start, end)))
    return found[: window.limit]


def _backward(source: CandleSource, names: Names, interval: Interval, window: Window) -> list[Candle]:
    found: list[Candle] = []
    for place in reversed(range(len(names))):
        since, market = names[place]
        end = _end(names, place, interval, window)
        until = names[place + 1][0] if found else since
        limit = window.limit - len(found) + _shares(found[:1], until, interval)
        if limit <= 0:
            break
        try:
            older = source.candles(market, interval, Window(limit, None, end))
        except (BadMarket, Unsupported):
            if not found:
                raise
            break
        begin = interval.open_time(since) if place else 0
        found = _joined([candle for candle in older if candle.open_time >= begin], found)
    return found[-window.limit :]


def _end(names: Names, place: int, interval: Interval, window: Window) -> int | None:
    """Return the open time of the last candle under a name."""
    if place + 1 == len(names):
        return window.end
    last = interval.open_time(names[place + 1][0])
    return last if window.end is None else min(last, window.end)


def _shares(candle: Sequence[Candle], since: int, interval: Interval) -> int:
    """Return 1 if the name changes within this candle, so that it has another part, else 0."""
    return int(bool(candle) and candle[0].open_time == interval.open_time(since))


def _joined(earlier: Sequence[Candle], later: Sequence[Candle]) -> list[Candle]:
    """Return all candles; the last of `earlier` and the first of `later` may be parts of the same one."""
    if earlier and later and earlier[-1].open_time == later[0].open_time:
        both = merge(later[0].open_time, (earlier[-1], later[0]))
        return [*earlier[:-1], both, *later[1:]]
    return [*earlier, *later]
