"""Sets of times as sorted ranges `[first, until)` in Unix milliseconds. Pure functions."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Range = tuple[int, int]


def has(ranges: Sequence[Range], time: int) -> bool:
    """Return whether `time` lies in one of sorted ranges that do not touch each other."""
    place = bisect_right(ranges, time, key=lambda it: it[0])
    return place > 0 and time < ranges[place - 1][1]


def union(ranges: Iterable[Range]) -> list[Range]:
    """Return the same times as sorted ranges that do not touch each other."""
    joined: list[Range] = []
    for first, until in sorted(ranges):
        if first >= until:
            continue
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], until)
        else:
            joined.append((first, until))
    return joined


def without(ranges: Iterable[Range], cut: Iterable[Range]) -> list[Range]:
    """Return the times of `ranges` that are not in `cut`."""
    left = union(ranges)
    for first, until in union(cut):
        left = [
            piece
            for begin, end in left
            for piece in ((begin, min(end, first)), (max(begin, until), end))
            if piece[0] < piece[1]
        ]
    return left


def within(ranges: Iterable[Range], first: int, until: int) -> list[Range]:
    """Return the times of `ranges` that lie in `[first, until)`."""
    return union((max(begin, first), min(end, until)) for begin, end in ranges)
