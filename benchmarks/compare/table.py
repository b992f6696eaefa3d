"""The comparison as Markdown, so that it can go into a pull request."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.compare.losses import LIMIT, Compared


def machine() -> str:
    """Return the size of this machine, and its load: how many processes want a core, in the mean."""
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024**2
    one, _, quarter = os.getloadavg()
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}, "
        f"load {one:.1f} at the end ({quarter:.1f} in 15 minutes)"
    )


def table(compared: Sequence[Compared], units: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the table. `units` has what `seen` of each benchmark means."""
    yield "| benchmark | base | working tree | ratio | middle half | a client sees | rounds | result |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in compared:
        if one.missing:
            yield f"| {one.name} | | | | | | | not in BASE, skipped |"
        else:
            yield f"| {one.name} | {_figures(one, units[one.name])} | {len(one.pairs)} | {result(one)} |"


def _figures(one: Compared, unit: str) -> str:
    base, current = [pair.base for pair in one.pairs], [pair.current for pair in one.pairs]
    costs = " | ".join(f"{median(reading.cost for reading in side):.1f} us" for side in (base, current))
    seen = ", then ".join(_short(median(reading.seen for reading in side)) for side in (base, current))
    low, high = one.middle
    return f"{costs} | {one.ratio:.2f} | {low:.2f} to {high:.2f} | {seen} {unit}"


def _short(figure: float) -> str:
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.1f}"


def result(one: Compared) -> str:
    """Return the result in words, with how it was decided."""
    text = f"**loss of more than {LIMIT - 1:.0%}**" if one.has_lost else "no loss"
    return text if one.is_clear else f"{text} by the median: the spread is too wide to be sure"
