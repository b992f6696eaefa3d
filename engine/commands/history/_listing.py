"""`history list`: what is kept."""

import sys
from argparse import Namespace

from engine.commands.history._workplace import Workplace
from engine.timestamps import iso

HEAD = ("series", "first", "last", "candles", "bytes", "gaps", "providers")


def show(workplace: Workplace, asked: Namespace) -> int:
    """Write a line for each series."""
    rows = [HEAD]
    for it in workplace.archive.summaries():
        counts = (f"{it.candles}", f"{it.bytes}", f"{it.gaps}")
        rows.append((f"{it.key}", iso(it.first / 1000), iso(it.last / 1000), *counts, ",".join(it.providers)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
    return 0
