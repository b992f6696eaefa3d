"""The table of a comparison."""

import re

from benchmarks.compare.losses import Compared
from benchmarks.compare.table import machine, table
from tests.benchmarks.compare.taken import compared

UNITS = {"hits": "a second", "cold": "ms"}


def test_the_table_is_markdown_with_both_figures() -> None:
    """A row has both costs, their ratio with its spread, what a client sees, and the result."""
    clear, lost = compared(1.0, 1.1, 1.2), compared(1.2, 1.3, 1.4, name="cold")
    head, rule, first, second, third = table([clear, lost, Compared("streams", missing=True)], UNITS)

    assert len({line.count("|") for line in (head, rule, first, second, third)}) == 1
    assert first == (
        "| hits | 100.0 us | 110.0 us | 1.10 | 1.05 to 1.15 | 5.0, then 6.0 a second | 3 | no loss |"
    )
    assert second.endswith("| 5.0, then 6.0 ms | 3 | **loss of more than 15%** |")
    assert third.endswith("| not in BASE, skipped |")


def test_the_table_says_what_the_median_decided() -> None:
    """A result whose spread is too wide says so."""
    [_, _, row] = table([compared(0.9, 1.1, 1.3, 1.4)], UNITS)

    assert row.endswith("| **loss of more than 15%** by the median: the spread is too wide to be sure |")


def test_the_size_of_the_machine_is_told() -> None:
    """Cores, memory and load are beside the table."""
    assert re.match(r"\d+ cores, \d+ GB, Python [\d.]+, load [\d.]+ at the end", machine())
