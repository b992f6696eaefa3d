"""The limits of growth, and its table."""

from typing import Any

import pytest

from benchmarks.growth.rows import missed, table
from tests.benchmarks.growth.measured import row

SERIES = [row(count) for count in (1, 10, 100, 1000)]


def test_what_keeps_the_limits_misses_none() -> None:
    """Linear growth within the limits is no finding."""
    assert missed(SERIES) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"megabytes": 151.0}, "1000 series take 151 MB (at most 150)"),
        ({"idle": 1.2}, "1000 series, idle: 1.20 ms a second (at most 1)"),
        ({"start": 1.3}, "1000 series: the start takes 1.30 s (at most 1)"),
        ({"start_cpu": 0.9}, "1000 series: the start takes 0.90 s of processor time (at most 0.5)"),
    ],
)
def test_each_limit_is_found_with_its_figure(changed: dict[str, Any], said: str) -> None:
    """A figure beyond a limit is told beside it."""
    assert said in missed([*SERIES[:3], row(1000, **changed)])


def test_an_idle_server_has_its_own_limit() -> None:
    """The memory before any request counts, of the size that takes least."""
    assert missed([row(1, empty_megabytes=99.0), row(10, empty_megabytes=120.0)]) == []
    assert missed([row(1, empty_megabytes=101.0)]) == ["an idle server takes 101 MB (at most 100)"]


def test_growth_that_is_too_fast_is_found_by_kind() -> None:
    """Each kind is judged by its own sizes."""
    coins = [row(count, "coins", calls=calls) for count, calls in ((30, 9.0), (300, 20.0), (3000, 900.0))]

    [said] = missed([*SERIES, *coins])
    assert said.startswith("calls a minute of coins grows ")


def test_memory_of_many_coins_has_no_fixed_limit() -> None:
    """150 MB are for series."""
    assert missed([row(3000, "coins", megabytes=190.0)]) == []


def test_the_table_is_markdown() -> None:
    """A row has every cost with its unit, with about three digits."""
    head, rule, first, *_, last = table(SERIES)

    assert len({line.count("|") for line in (head, rule, first, last)}) == 1
    assert first == "| 1 series | 0.40 ms | 3.00 ms | 24.0 ms | 100 MB | 1.50 | 0.80 s | 0.45 s |"
    assert last == "| 1000 series | 0.40 ms | 3.00 ms | 24.0 ms | 140 MB | 1500 | 0.80 s | 0.45 s |"
