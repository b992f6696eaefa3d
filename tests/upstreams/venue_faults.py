"""The effect of a venue's faults on its list of markets and on the prices of codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .faults import Fault
from .oddballs import Listed


def spoilt(rows: list[Listed], faults: Sequence[Fault]) -> list[Listed]:
    """Return the listed markets with these faults."""
    for fault in faults:
        if fault.kind == "short_listing":
            rows = rows[: fault.count]
        elif fault.kind == "half_listing":
            rows = rows[: len(rows) // 2]
        elif fault.kind == "rebound":
            others = [*rows[1:], *rows[:1]]
            rows = [_rebound(row, other) for row, other in zip(rows, others, strict=True)]
    return rows


def swapped(code: str, faults: Sequence[Fault]) -> str:
    """Return the code whose price this one has: another one if they are swapped, else itself."""
    for fault in faults:
        if fault.kind == "swapped" and code in fault.coins:
            return next((other for other in fault.coins if other != code), code)
    return code


def _rebound(row: Listed, other: Listed) -> Listed:
    return replace(row, coin=other.coin, base=other.base, symbol=row.code)
