"""A server is measured in each state."""

from benchmarks.growth.measuring import Plan, measure
from tests.upstreams import StandIn


def test_a_server_is_measured_in_each_state() -> None:
    """A run of some seconds has every figure of a real server."""
    with StandIn(markets=0) as world:
        row = measure("series", 2, world.address, Plan(seconds=0.5, settle=0.0))

    assert (row.kind, row.count) == ("series", 2)
    assert row.asked > row.idle >= 0
    assert 0 < row.empty_megabytes <= row.megabytes + 5
    assert row.start > 0
    assert row.start_cpu > 0
