"""Sets of times as sorted ranges `[first, until)` in Unix milliseconds. Pure functions."""

from collections.abc import Iterable

Range = tuple[int, int]


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
