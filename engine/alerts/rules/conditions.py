"""Parse conditions: comparisons, and `all`, `any` and `not` of them. Pure."""

from collections.abc import Iterator

import msgspec

from engine.alerts.rules.operands import FORMS, Operand, WrongOperand, read_operand
from engine.catalogue.catalogue import Catalogue

OPERATORS = ("<", "<=", ">", ">=", "crossesAbove", "crossesBelow")
GROUPS = ("all", "any", "not")
DEEPEST = 4
"""The most levels of nested groups."""
MOST = 50
"""The most comparisons of a rule."""
LARGEST = 10**30
"""The bound of the absolute value of numbers."""

Side = Operand | float


class Comparison(msgspec.Struct, frozen=True):
    """A comparison of two sides, at least one of which is an operand."""

    left: Side
    operator: str
    right: Side


class Group(msgspec.Struct, frozen=True):
    """`all` or `any` of the parts, or `not` with its one part."""

    kind: str
    parts: tuple["Condition", ...]


Condition = Comparison | Group


class Problems(msgspec.Struct):
    """The mistakes of a request, by the path of their place."""

    found: dict[str, list[str]] = msgspec.field(default_factory=dict)

    def add(self, place: str, message: str) -> None:
        """Add a mistake at a place."""
        self.found.setdefault(place, []).append(message)


class ConditionReader:
    """Reads one condition by the catalogue of the time `now` (Unix seconds). Adds mistakes to `problems`."""

    def __init__(self, catalogue: Catalogue, now: float, problems: Problems) -> None:
        self._catalogue = catalogue
        self._now = now
        self._problems = problems
        self._comparisons = 0

    def read(self, value: object, place: str) -> Condition | None:
        """Return the condition of a JSON value, `None` if it has mistakes."""
        found = self._condition(value, place, 0)
        if self._comparisons > MOST:
            self._problems.add(place, f"has {self._comparisons} comparisons; {MOST} are allowed")
            return None
        return found

    def _condition(self, value: object, place: str, depth: int) -> Condition | None:
        if not isinstance(value, dict):
            return self._wrong(place, "must be an object: a comparison, or all, any or not")
        kinds = [kind for kind in GROUPS if kind in value]
        if not kinds:
            return self._comparison(value, place)
        kind = kinds[0]
        for name in value:
            if name != kind:
                return self._wrong(f"{place}.{name[:40]}", f"cannot stand beside {kind}")
        if depth == DEEPEST:
            return self._wrong(place, f"is nested deeper than {DEEPEST} levels")
        return self._group(kind, value[kind], f"{place}.{kind}", depth + 1)

    def _group(self, kind: str, value: object, place: str, depth: int) -> Condition | None:
        if kind == "not":
            part = self._condition(value, place, depth)
            return None if part is None else Group(kind, (part,))
        if not isinstance(value, list) or not value:
            return self._wrong(place, "must be a list of at least one condition")
        if len(value) > MOST:
            return self._wrong(place, f"has more than {MOST} conditions")
        parts = [self._condition(part, f"{place}.{number}", depth) for number, part in enumerate(value)]
        valid = tuple(part for part in parts if part is not None)
        return Group(kind, valid) if len(valid) == len(parts) else None

    def _comparison(self, value: dict[str, object], place: str) -> Condition | None:
        self._comparisons += 1
        for name in value:
            if name not in ("left", "op", "right"):
                return self._wrong(f"{place}.{name[:40]}", "unknown")
        operator = value.get("op")
        if operator not in OPERATORS:
            self._wrong(f"{place}.op", f"must be one of {' '.join(OPERATORS)}")
        left = self._side(value.get("left"), f"{place}.left")
        right = self._side(value.get("right"), f"{place}.right")
        if left is None or right is None or not isinstance(operator, str) or operator not in OPERATORS:
            return None
        if isinstance(left, float) and isinstance(right, float):
            return self._wrong(place, "compares two numbers, which never change")
        return Comparison(left, operator, right)

    def _side(self, value: object, place: str) -> Side | None:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if abs(value) < LARGEST:  # false for NaN too
                return float(value)
            self._wrong(place, f"must be a number between -{LARGEST:g} and {LARGEST:g}")
        elif not isinstance(value, str) or not value:
            self._wrong(place, f"must be {FORMS}")
        else:
            try:
                return read_operand(value, self._catalogue, self._now)
            except WrongOperand as wrong:
                self._wrong(place, str(wrong))
        return None

    def _wrong(self, place: str, message: str) -> Comparison | None:
        """Add a mistake. Return `None` in place of the condition."""
        self._problems.add(place, message)
        return None


def operands(condition: Condition) -> Iterator[Operand]:
    """Yield the operands of a condition from left to right, each once."""
    yield from {side.text: side for side in _sides(condition) if isinstance(side, Operand)}.values()


def _sides(condition: Condition) -> Iterator[Side]:
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from _sides(part)
    else:
        yield from (condition.left, condition.right)
