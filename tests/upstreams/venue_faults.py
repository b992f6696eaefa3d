"""What faults about a whole venue do to its list of markets, and to whose price a code is told at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .faults import Fault
from .oddballs import Listed


def spoilt(rows: list[Listed], faults: Sequence[Fault]) -> list[Listed]:
    """The markets as they are listed with these faults."""
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
    """The code at whose price this one is told: itself, unless it is swapped with another one."""
    for fault in faults:
        if fault.kind == "swapped" and code in fault.coins:
            return next((other for other in fault.coins if other != code), code)
    return code


def _rebound(row: Listed, other: Listed) -> Listed:
    return replace(row, coin=other.coin, base=other.base, symbol=row.code)
