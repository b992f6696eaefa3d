"""Measure one server for each size, and print the table and the limits that do not hold.

The exit status is 1 if one does not hold.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.compare.table import machine
from benchmarks.growth.measuring import RATE, Plan, measure
from benchmarks.growth.picture import picture
from benchmarks.growth.rows import Row, missed, table
from benchmarks.growth.worlds import needed_coins, world

SERIES, COINS = (1, 10, 100, 1000), (30, 300, 3000)


def main(arguments: Sequence[str]) -> int:
    """Measure, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--series", type=int, nargs="*", default=SERIES, help="sizes: series in use")
    parser.add_argument("--coins", type=int, nargs="*", default=COINS, help="sizes: coins in use")
    parser.add_argument("--seconds", type=float, default=Plan.seconds, help="how long each state is measured")
    parser.add_argument("--settle", type=float, default=Plan.settle, help="seconds before the first state")
    parser.add_argument("--picture", type=Path, help="the file of the picture, an SVG")
    options = parser.parse_args(arguments)
    rows = measured(options.series, options.coins, Plan(options.seconds, options.settle))
    if options.picture:
        options.picture.write_text(picture(rows))
    print(f"\n{machine()}; {RATE} requests a second while asked, {options.seconds:g} s in each state\n")
    print("\n".join(table(rows)))
    smallest = min(row.empty_megabytes for row in rows)
    print(f"\nbefore the first request for data: {smallest:.0f} MB")
    found = missed(rows)
    print("\n".join(["", *found]) if found else "\nall limits hold", flush=True)
    return 1 if found else 0


def measured(series: Sequence[int], coins: Sequence[int], plan: Plan) -> list[Row]:
    """Return the row of each size. All sizes of series have the same world, and differ in nothing else."""
    rows = []
    for kind, count, most in [
        *(("series", count, max(series)) for count in series),
        *(("coins", count, count) for count in coins),
    ]:
        with world(needed_coins(kind, most)) as address:
            rows.append(measure(kind, count, address, plan))
        print(f"{count} {kind}: {rows[-1]}", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
