"""Rows as a run gives them."""

from typing import Any

from benchmarks.growth.rows import Row


def row(count: int = 1, kind: str = "series", **changed: float) -> Row:
    """Return a row within all limits, with some figures changed."""
    usual: dict[str, Any] = {
        "idle": 0.4,
        "warm": 3.0,
        "asked": 24.0,
        "empty_megabytes": 92.0,
        "megabytes": 100.0 + 0.04 * count,
        "calls": 1.5 * count,
        "start": 0.8,
        "start_cpu": 0.45,
    }
    return Row(kind, count, **{**usual, **changed})
