"""Conditions in three-valued logic."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.alerts.evaluation.compiled import Verdict, compile_condition
from engine.alerts.evaluation.figures import Figure
from engine.alerts.rules.conditions import Comparison, Condition, Group, Side

TRUE, FALSE, UNKNOWN = 1.0, -1.0, 0.0
"""Numbers that stand for conditions with a verdict."""


def figure_of(side: Side) -> Figure:
    """Return a figure for a number, where 0 is unknown."""
    assert isinstance(side, float)
    return Figure(side) if side else Figure()


def is_positive(number: float) -> Comparison:
    """Return a comparison that has the verdict that a number stands for."""
    return Comparison(number, ">", 0.5)


def verdict(condition: Condition) -> Verdict:
    """Return the verdict of a condition."""
    return compile_condition(condition, figure_of, 0.0)[0].now()


@pytest.mark.parametrize(
    ("kind", "parts", "expected"),
    [
        ("all", (TRUE, TRUE), True),
        ("all", (TRUE, FALSE), False),
        ("all", (UNKNOWN, FALSE), False),
        ("all", (FALSE, UNKNOWN), False),
        ("all", (UNKNOWN, TRUE), None),
        ("any", (FALSE, TRUE), True),
        ("any", (FALSE, FALSE), False),
        ("any", (UNKNOWN, TRUE), True),
        ("any", (TRUE, UNKNOWN), True),
        ("any", (UNKNOWN, FALSE), None),
        ("not", (TRUE,), False),
        ("not", (FALSE,), True),
        ("not", (UNKNOWN,), None),
    ],
)
def test_groups(kind: str, parts: tuple[float, ...], expected: Verdict) -> None:
    """`all` with a false part is false, and `any` with a true part is true, even beside unknown parts."""
    assert verdict(Group(kind, tuple(map(is_positive, parts)))) is expected


@pytest.mark.parametrize(
    ("operator", "verdicts"),
    [
        ("<", (True, False, False)),
        ("<=", (True, True, False)),
        (">", (False, False, True)),
        (">=", (False, True, True)),
    ],
)
def test_comparisons(operator: str, verdicts: tuple[bool, ...]) -> None:
    """The operators compare as in arithmetic."""
    assert tuple(verdict(Comparison(left, operator, 2.0)) for left in (1.0, 2.0, 3.0)) == verdicts


@pytest.mark.parametrize(
    ("operator", "value", "inverted", "held"),
    [
        (">", 99.5, False, True),
        (">", 99.0, False, False),
        (">", 100.5, True, False),
        ("<", 100.5, False, True),
        ("<", 101.0, False, False),
        ("<", 99.5, True, False),
        ("crossesAbove", 99.5, False, True),
        ("crossesBelow", 100.5, False, True),
    ],
)
def test_a_value_must_go_back_by_the_hysteresis(
    operator: str, value: float, inverted: bool, held: bool
) -> None:
    """The margin is a fraction of the right side. Within `not` it is on the other side."""
    condition: Condition = Comparison(value, operator, 100.0)
    node, _ = compile_condition(Group("not", (condition,)) if inverted else condition, figure_of, 0.01)

    assert node.held(False) is (held != inverted)


Conditions = some.recursive(
    some.sampled_from((TRUE, FALSE, UNKNOWN)).map(is_positive),
    lambda inner: some.one_of(
        some.lists(inner, min_size=1, max_size=3).map(lambda parts: Group("all", tuple(parts))),
        some.lists(inner, min_size=1, max_size=3).map(lambda parts: Group("any", tuple(parts))),
        inner.map(lambda part: Group("not", (part,))),
    ),
    max_leaves=6,
)


def worlds(condition: Condition) -> list[Condition]:
    """Return the variants of a condition with each unknown part true or false."""
    if isinstance(condition, Comparison):
        known = condition.left != UNKNOWN
        return [condition] if known else [is_positive(TRUE), is_positive(FALSE)]
    made: list[tuple[Condition, ...]] = [()]
    for part in condition.parts:
        made = [(*before, world) for before in made for world in worlds(part)]
    return [Group(condition.kind, parts) for parts in made]


@settings(max_examples=60, deadline=None)
@given(Conditions)
def test_a_verdict_holds_whatever_the_unknown_turns_out_to_be(condition: Condition) -> None:
    """A verdict despite unknown parts is the same for all values of these parts."""
    found = verdict(condition)

    assert found is None or {verdict(world) for world in worlds(condition)} == {found}


@settings(max_examples=60, deadline=None)
@given(Conditions)
def test_without_hysteresis_a_condition_is_held_where_it_holds(condition: Condition) -> None:
    """With a margin of 0, `held` and `now` agree."""
    node, crossings = compile_condition(condition, figure_of, 0.0)

    assert crossings == []
    assert node.held(False) is node.now()


def test_a_crossing_needs_a_value_before() -> None:
    """A crossing is true once, when the value has come to the other side of a known one."""
    price = Figure()
    figures: Mapping[float, Figure] = {1.0: price, 100.0: Figure(100.0)}
    node, [crossing] = compile_condition(
        Comparison(1.0, "crossesAbove", 100.0),
        lambda side: figures[side],  # type: ignore[index]
        0.0,
    )
    seen = []
    for value in (None, 101.0, 99.0, None, 101.0, 102.0):
        price.value = value
        seen.append(node.now())
        crossing.advance()

    assert seen == [None, False, False, None, True, False]
