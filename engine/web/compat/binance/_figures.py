"""Format figures as Binance does. Pure functions."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

NOTHING = "0.00000000"
"""Placeholder in arrays for a figure that no provider has."""

PLAIN = 1e7
"""Up to this value eight decimals are exact; above it they would show rounding of floats."""


def written(figure: float) -> str:
    """Format a figure with eight decimals, or more if it has more."""
    text = f"{figure:.8f}"
    return text if abs(figure) < PLAIN and float(text) == figure else _exact(figure)


def _exact(figure: float) -> str:
    text = format(Decimal(repr(figure)), "f")
    integer, _, decimals = text.partition(".")
    return f"{integer}.{decimals:0<8}"


def known(row: Mapping[str, object]) -> dict[str, object]:
    """Return the row without unknown figures, and with formatted ones."""
    return {
        name: written(value) if isinstance(value, float) else value
        for name, value in row.items()
        if value is not None
    }


def lacking(rows: Iterable[Mapping[str, object]], names: Iterable[str]) -> list[str]:
    """Return the `names` that at least one row lacks."""
    rows = list(rows)
    return [name for name in names if any(name not in row for row in rows)]
