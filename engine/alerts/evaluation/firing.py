"""What a rule has to tell, and the figures that it rests on."""

from collections.abc import Mapping

import msgspec

from engine.alerts.evaluation.figures import Cell
from engine.alerts.rules.operands import Operand
from engine.timestamps import iso

Row = dict[str, object]


class Firing(msgspec.Struct, frozen=True):
    """A rule that fired, or that cannot be judged for a `reason`. `at` is in Unix seconds.

    `cursor` is the place in the streams at which it was decided, `None` where no stream was heard.
    """

    rule: str
    name: str
    at: float
    cursor: str | None
    values: tuple[Row, ...]
    reason: str | None = None


def value_rows(cells: Mapping[Operand, Cell]) -> tuple[Row, ...]:
    """Return a row for each figure, with the providers and the time that it rests on."""
    return tuple(_row(operand, cell) for operand, cell in cells.items())


def _row(operand: Operand, cell: Cell) -> Row:
    known = cell.value is not None
    return {
        "operand": operand.text,
        "value": cell.value,
        "sources": [*cell.sources] if known else [],
        "time": iso(cell.time / 1000) if known else None,
    }
