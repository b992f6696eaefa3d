"""A firing of a rule, with the figures that it is based on."""

from collections.abc import Mapping

import msgspec

from engine.alerts.evaluation.figures import Figure
from engine.alerts.rules.operands import Operand
from engine.timestamps import iso

Row = dict[str, object]


class Firing(msgspec.Struct, frozen=True):
    """A rule that fired, or that is unknown for a `reason`. `at` is in Unix seconds.

    `cursor` is the position in the streams at that moment, `None` where requests were made instead.
    """

    rule: str
    name: str
    at: float
    cursor: str | None
    values: tuple[Row, ...]
    reason: str | None = None


def value_rows(figures: Mapping[Operand, Figure]) -> tuple[Row, ...]:
    """Return a row for each figure, with its providers and its time."""
    return tuple(_row(operand, figure) for operand, figure in figures.items())


def _row(operand: Operand, figure: Figure) -> Row:
    known = figure.value is not None
    return {
        "operand": operand.text,
        "value": figure.value,
        "sources": [*figure.sources] if known else [],
        "time": iso(figure.time / 1000) if known else None,
    }
