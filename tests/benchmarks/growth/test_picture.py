"""The picture of growth."""

from xml.etree import ElementTree

from benchmarks.growth.picture import HIGH, SHOWN, WIDE, picture
from tests.benchmarks.growth.measured import row

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    *(row(count) for count in (1, 10, 100, 1000)),
    *(row(count, "coins", idle=0.0) for count in (30, 300, 3000)),
]


def test_each_kind_and_cost_has_a_panel_with_all_points() -> None:
    """The picture is XML, and has a point for each size in each panel."""
    drawn = ElementTree.fromstring(picture(ROWS))
    panels = drawn.findall(f"{SVG}g")

    assert len(panels) == 2 * len(SHOWN)
    assert [len(panel.findall(f"{SVG}circle")) for panel in panels] == [4] * len(SHOWN) + [3] * len(SHOWN)


def test_all_points_are_within_their_panel() -> None:
    """A cost of 0 has a point too."""
    drawn = ElementTree.fromstring(picture(ROWS))

    for point in drawn.iter(f"{SVG}circle"):
        assert 0 <= float(point.get("cx", "")) <= WIDE
        assert 0 <= float(point.get("cy", "")) <= HIGH
