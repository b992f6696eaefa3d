"""Conditions as objects that evaluate fast, in three-valued logic: `None` is unknown.

`held` evaluates a condition that has fired: it turns false only after a value has gone back by the
hysteresis. Within `not` the margin is on the other side.
"""

from collections.abc import Callable
from operator import ge, gt, le, lt

from engine.alerts.evaluation.figures import Figure
from engine.alerts.rules.conditions import Comparison, Condition, Group, Side

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "crossesAbove": gt,
    "crossesBelow": lt,
}
Verdict = bool | None


class Level:
    """A comparison of two figures. `margin` is a fraction of the right one."""

    __slots__ = ("_compare", "_left", "_margin", "_right")

    def __init__(self, left: Figure, operator: str, right: Figure, margin: float) -> None:
        self._left, self._right = left, right
        self._compare = COMPARE[operator]
        self._margin = -margin if operator in (">", ">=", "crossesAbove") else margin

    def now(self) -> Verdict:
        """Return whether the comparison holds."""
        left, right = self._left.value, self._right.value
        if left is None or right is None:
            return None
        return self._compare(left, right)

    def held(self, inverted: bool) -> Verdict:
        """Return whether the comparison holds with the margin."""
        left, right = self._left.value, self._right.value
        if left is None or right is None:
            return None
        margin = self._margin * abs(right)
        return self._compare(left, right - margin if inverted else right + margin)


class Crossing(Level):
    """True at the evaluation at which the left figure has come to the other side of the right one.

    `before` says whether it was there at the rule's last evaluation; `None` before the first one.
    """

    __slots__ = ("before",)

    def __init__(self, left: Figure, operator: str, right: Figure, margin: float) -> None:
        super().__init__(left, operator, right, margin)
        self.before: Verdict = None

    def now(self) -> Verdict:
        """Return whether the left figure has just crossed."""
        over = super().now()
        return None if over is None else over and self.before is False

    def advance(self) -> bool:
        """Remember the side if it is known. Return whether it has changed."""
        over = super().now()
        if over is None or over is self.before:
            return False
        self.before = over
        return True


class Every:
    """True if all parts are true, false if one part is false."""

    __slots__ = ("_parts",)

    def __init__(self, parts: tuple["Node", ...]) -> None:
        self._parts = parts

    def now(self) -> Verdict:
        """Return whether all parts hold."""
        found: Verdict = True
        for part in self._parts:
            verdict = part.now()
            if verdict is False:
                return False
            if verdict is None:
                found = None
        return found

    def held(self, inverted: bool) -> Verdict:
        """Return the verdict with the margins."""
        verdicts = [part.held(inverted) for part in self._parts]
        return False if False in verdicts else None if None in verdicts else True


class Either:
    """True if one part is true, false if all parts are false."""

    __slots__ = ("_parts",)

    def __init__(self, parts: tuple["Node", ...]) -> None:
        self._parts = parts

    def now(self) -> Verdict:
        """Return whether one of the parts holds."""
        found: Verdict = False
        for part in self._parts:
            verdict = part.now()
            if verdict:
                return True
            if verdict is None:
                found = None
        return found

    def held(self, inverted: bool) -> Verdict:
        """Return the verdict with the margins."""
        verdicts = [part.held(inverted) for part in self._parts]
        return True if True in verdicts else None if None in verdicts else False


class Opposite:
    """True if its part is false, false if it is true."""

    __slots__ = ("_part",)

    def __init__(self, part: "Node") -> None:
        self._part = part

    def now(self) -> Verdict:
        """Return whether the part does not hold."""
        verdict = self._part.now()
        return None if verdict is None else not verdict

    def held(self, inverted: bool) -> Verdict:
        """Return the verdict with the margins."""
        verdict = self._part.held(not inverted)
        return None if verdict is None else not verdict


Node = Level | Every | Either | Opposite


def compile_condition(
    condition: Condition, figure_of: Callable[[Side], Figure], margin: float
) -> tuple[Node, list[Crossing]]:
    """Return a condition over figures, and its crossings from left to right. `margin` is a fraction."""
    crossings: list[Crossing] = []

    def node(it: Condition) -> Node:
        if isinstance(it, Comparison):
            left, right = figure_of(it.left), figure_of(it.right)
            if not it.operator.startswith("crosses"):
                return Level(left, it.operator, right, margin)
            crossings.append(Crossing(left, it.operator, right, margin))
            return crossings[-1]
        return group(it)

    def group(it: Group) -> Node:
        parts = tuple(node(part) for part in it.parts)
        if it.kind == "not":
            return Opposite(parts[0])
        return Every(parts) if it.kind == "all" else Either(parts)

    return node(condition), crossings
