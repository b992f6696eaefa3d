"""The picture of growth as SVG: a panel for each kind and cost, with logarithmic axes."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10

from benchmarks.growth.rows import COSTS, Cost, Row

SHOWN = COSTS[:5]
"""The costs that a panel has: a start costs the same, whatever is in use."""
WIDE, HIGH = 250, 210
"""Pixels of a panel."""
LEFT, TOP, RIGHT, BOTTOM = 46, 40, 24, 34
"""Pixels around its plot."""
LINE, GUIDE, INK, GRID = "#2563eb", "#9ca3af", "#111827", "#e5e7eb"
STYLE = "font: 11px system-ui, sans-serif"


def picture(rows: Sequence[Row]) -> str:
    """Return the picture. A dashed line shows growth that is proportional, through the last point."""
    kinds = list(dict.fromkeys(row.kind for row in rows))
    width, height = WIDE * len(SHOWN), HIGH * len(kinds)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" style="{STYLE}">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for down, kind in enumerate(kinds):
        of_kind = sorted((row for row in rows if row.kind == kind), key=lambda row: row.count)
        for right, cost in enumerate(SHOWN):
            lines.append(f'<g transform="translate({right * WIDE},{down * HIGH})">')
            lines += _panel(kind, cost, of_kind)
            lines.append("</g>")
    return "\n".join([*lines, "</svg>", ""])


def _panel(kind: str, cost: Cost, rows: Sequence[Row]) -> Iterator[str]:
    points = [(log10(row.count), log10(max(cost.of(row), cost.noise / 100))) for row in rows]
    first, last = floor(points[0][0]), max(ceil(points[-1][0]), floor(points[0][0]) + 1)
    low, high = floor(min(y for _, y in points)), ceil(max(y for _, y in points))
    high = max(high, low + 1)

    def x(place: float) -> float:
        return LEFT + (place - first) / (last - first) * (WIDE - LEFT - RIGHT)

    def y(place: float) -> float:
        return TOP + (high - place) / (high - low) * (HIGH - TOP - BOTTOM)

    unit = f", {cost.unit}{' a second' if cost.unit == 'ms' else ''}" if cost.unit else ""
    yield _text(WIDE / 2, 18, f"{cost.name}{unit}")
    for place in range(low, high + 1):
        yield _stroke(x(first), y(place), x(last), y(place), GRID)
        yield _text(LEFT - 6, y(place) + 4, f"{10.0**place:g}", "end")
    for place in range(first, last + 1):
        yield _stroke(x(place), y(low), x(place), y(high), GRID)
        yield _text(x(place), HIGH - BOTTOM + 16, f"{10**place}")
    yield _text(WIDE - RIGHT, HIGH - 5, kind, "end")
    end_x, end_y = points[-1]
    reach = min(end_x - first, end_y - low)
    yield _stroke(x(end_x - reach), y(end_y - reach), x(end_x), y(end_y), GUIDE, ' stroke-dasharray="4 4"')
    path = " ".join(f"{x(across):.1f},{y(up):.1f}" for across, up in points)
    yield f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>'
    for across, up in points:
        yield f'<circle cx="{x(across):.1f}" cy="{y(up):.1f}" r="3" fill="{LINE}"/>'
    for place, anchor in ((0, "start"), (-1, "end")):
        across, up = points[place]
        yield _text(x(across), y(up) - 8, cost.text(rows[place]), anchor)


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}"{more}/>'


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}">{text}</text>'
