"""The order and the number of rounds."""

from collections.abc import Sequence

import pytest

from benchmarks.compare.failures import NotComparable
from benchmarks.compare.losses import Compared
from benchmarks.compare.rounds import Side, compare
from tests.benchmarks.compare.taken import Taken

BASE, CURRENT = Side.BASE, Side.CURRENT


def ran(taken: Taken, names: Sequence[str] = ("hits",), rounds: int = 5) -> list[Compared]:
    """Run rounds without a word."""
    return compare(dict.fromkeys(names, 1), taken, rounds, lambda _: None)


def test_two_revisions_are_measured_in_turn() -> None:
    """A round goes A B B A, and the next one B A A B, so that drift changes both alike."""
    taken = Taken({"hits": [1.0]})
    ran(taken, rounds=2)

    assert taken.turns == [
        ("hits", BASE, 0),
        ("hits", CURRENT, 0),
        ("hits", CURRENT, 1),
        ("hits", BASE, 1),
        ("hits", CURRENT, 0),
        ("hits", BASE, 0),
        ("hits", BASE, 1),
        ("hits", CURRENT, 1),
    ]


def test_several_passes_alternate() -> None:
    """A round of several passes goes A B B A, B A A B and so on, and its middle turns count."""
    taken = Taken({"hits": [1.0]})
    [hits] = compare({"hits": 3}, taken, 1, lambda _: None)
    order = "".join("A" if side is BASE else "B" for _, side, _ in taken.turns)

    assert (order, len(hits.pairs)) == ("ABBABAABABBA", 1)
    assert sorted(turn for _, side, turn in taken.turns if side is BASE) == [*range(6)]


def test_a_clear_result_takes_the_rounds_that_were_asked_for() -> None:
    """Rounds end as soon as all results are clear."""
    taken = Taken({"hits": [1.0, 1.02]})
    [hits] = ran(taken)

    assert (taken.rounds, len(hits.pairs), hits.has_lost) == ([0, 1, 2, 3, 4], 5, False)


def test_more_rounds_decide_what_is_not_clear() -> None:
    """A benchmark whose ratios are around the limit gets more rounds, and only that one."""
    said: list[str] = []
    taken = Taken({"hits": [1.0, 1.24, 1.28, 0.96, 0.94, 0.95, 0.96], "cold": [1.0]})
    hits, cold = compare({"hits": 1, "cold": 1}, taken, 3, said.append)

    assert (len(hits.pairs), len(cold.pairs)) == (7, 3)
    assert (hits.is_clear, hits.has_lost) == (True, False)
    assert "too wide a spread to decide after 3 rounds: hits" in said


@pytest.mark.parametrize(
    ("ratios", "lost"),
    [
        ([1.0, 1.4, 1.1, 1.4, 1.0, 1.4, 1.0, 1.4, 1.0], False),
        ([1.3, 1.0, 1.2, 1.0, 1.3, 1.0, 1.3, 1.0, 1.3], True),
    ],
)
def test_the_median_decides_after_the_last_round(ratios: list[float], lost: bool) -> None:
    """Where even three times as many rounds are not clear, the median decides."""
    [hits] = ran(Taken({"hits": ratios}), rounds=3)

    assert (len(hits.pairs), hits.is_clear, hits.has_lost) == (9, False, lost)


def test_what_the_base_does_not_have_is_skipped() -> None:
    """A benchmark that an older revision does not have is tried once, and the others go on."""
    taken = Taken({"hits": [1.0], "streams": [1.0]}, missing={"streams": BASE})
    hits, streams = ran(taken, ("hits", "streams"))

    assert (hits.missing, streams.missing, len(hits.pairs)) == (False, True, 5)
    assert "streams" not in {name for name, _, _ in taken.turns}


def test_what_the_working_tree_has_lost_is_no_comparison() -> None:
    """A benchmark that only the base has is not skipped."""
    with pytest.raises(NotComparable, match="the working tree has no hits"):
        ran(Taken({"hits": [1.0]}, missing={"hits": CURRENT}))
