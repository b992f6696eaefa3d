"""Figures as Binance writes them. Pure functions."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

NOTHING = "0.00000000"
"""What stands where an array needs a figure that nobody gave."""


PLAIN = 1e7
"""Up to here eight decimals of a figure are its own; beyond, they would show how floats are kept."""


def written(figure: float) -> str:
    """A text with eight decimals, or with as many more as the figure has: no digit is lost."""
    text = f"{figure:.8f}"
    return text if abs(figure) < PLAIN and float(text) == figure else _exact(figure)


def _exact(figure: float) -> str:
    text = format(Decimal(repr(figure)), "f")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<8}"


def known(row: Mapping[str, object]) -> dict[str, object]:
    """Without what nobody knows; figures are written."""
    return {
        name: written(value) if isinstance(value, float) else value
        for name, value in row.items()
        if value is not None
    }


def lacking(rows: Iterable[Mapping[str, object]], names: Iterable[str]) -> list[str]:
    """Which of `names` not every row has."""
    told = list(rows)
    return [name for name in names if any(name not in row for row in told)]
