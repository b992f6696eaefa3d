"""What was measured of each size, the limits that it has to keep, and the table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.growth.linearity import TOLERANCE, is_linear, steepest

MOST_SERIES, MOST_MEGABYTES = 1000, 150.0
"""So many series may take so much memory."""
IDLE_MEGABYTES, IDLE_MILLISECONDS = 100.0, 1.0
"""What a server may take that has little to do: memory, and processor time a second."""
START_SECONDS, START_CPU = 1.0, 0.5
"""What a start may take until the first answer: seconds, and seconds of processor time."""


@dataclass(frozen=True)
class Row:
    """The costs of one server with `count` things of a `kind` (`"series"`, `"coins"`) in use.

    Processor time is in milliseconds a second: while idle, while each thing is refreshed once a minute, and
    while clients ask `RATE` times a second. Memory is in megabytes: before the first request for data, and at
    the end. `calls` are requests to providers a minute while all is kept warm. `start` is from the command to
    the first answer, with what the last start has kept: seconds, and seconds of processor time.
    """

    kind: str
    count: int
    idle: float
    warm: float
    asked: float
    empty_megabytes: float
    megabytes: float
    calls: float
    start: float
    start_cpu: float


@dataclass(frozen=True)
class Cost:
    """A cost that may grow: its name, its unit, its place in a row, and what is within its noise."""

    name: str
    unit: str
    noise: float
    of: Callable[[Row], float]

    def text(self, row: Row) -> str:
        """Return the cost with its unit, with about three digits."""
        figure = self.of(row)
        digits = 0 if figure >= 100 else 1 if figure >= 10 else 2
        return f"{figure:.{digits}f} {self.unit}".rstrip()


COSTS = (
    Cost("idle", "ms", 1.0, lambda row: row.idle),
    Cost("kept warm", "ms", 2.0, lambda row: row.warm),
    Cost("asked", "ms", 4.0, lambda row: row.asked),
    Cost("memory", "MB", 2.0, lambda row: row.megabytes),
    Cost("calls a minute", "", 3.0, lambda row: row.calls),
    Cost("start", "s", 0.2, lambda row: row.start),
    Cost("start, processor", "s", 0.1, lambda row: row.start_cpu),
)
HEADER = f"| in use | {' | '.join(cost.name for cost in COSTS)} |"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield HEADER
    yield f"|{'---|' * (len(COSTS) + 1)}"
    for row in rows:
        yield f"| {row.count} {row.kind} | {' | '.join(cost.text(row) for cost in COSTS)} |"


def missed(rows: Sequence[Row]) -> list[str]:
    """Return the limits that do not hold, each as a sentence with the figures."""
    found = [text for row in rows for text in _of_row(row)]
    for kind in dict.fromkeys(row.kind for row in rows):
        of_kind = sorted((row for row in rows if row.kind == kind), key=lambda row: row.count)
        counts = [row.count for row in of_kind]
        for cost in COSTS:
            costs = [cost.of(row) for row in of_kind]
            if not is_linear(counts, costs, cost.noise):
                ratio = steepest(counts, costs, cost.noise)
                found.append(
                    f"{cost.name} of {kind} grows {ratio:.1f} times as fast at last as at first "
                    f"(at most {TOLERANCE})"
                )
    smallest = min(rows, key=lambda row: row.empty_megabytes, default=None)
    if smallest and smallest.empty_megabytes > IDLE_MEGABYTES:
        found.append(f"an idle server takes {smallest.empty_megabytes:.0f} MB (at most {IDLE_MEGABYTES:.0f})")
    return found


def _of_row(row: Row) -> Iterator[str]:
    what = f"{row.count} {row.kind}"
    if row.kind == "series" and row.count <= MOST_SERIES and row.megabytes > MOST_MEGABYTES:
        yield f"{what} take {row.megabytes:.0f} MB (at most {MOST_MEGABYTES:.0f})"
    if row.idle > IDLE_MILLISECONDS:
        yield f"{what}, idle: {row.idle:.2f} ms a second (at most {IDLE_MILLISECONDS:.0f})"
    if row.start > START_SECONDS:
        yield f"{what}: the start takes {row.start:.2f} s (at most {START_SECONDS:.0f})"
    if row.start_cpu > START_CPU:
        yield f"{what}: the start takes {row.start_cpu:.2f} s of processor time (at most {START_CPU})"
