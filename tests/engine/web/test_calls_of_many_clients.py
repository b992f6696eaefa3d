"""However many clients ask for the same data, the providers are asked for it once in its lifetime."""

from tests.clock import Clock
from tests.engine.web.conftest import Make
from tests.upstreams import StandIn

PATHS = ("/api/prices?symbols=BTC,ETH", "/api/ohlcv?symbol=BTC&interval=1m", "/api/sentiment")
OUTDATED = 3_700.0
"""Seconds after which all of it must be fetched again before an answer."""
CLIENTS = (1, 25, 5)


def test_calls_upstream_do_not_grow_with_clients(make: Make, stand_in: StandIn, clock: Clock) -> None:
    """Each refresh of the same data makes as many calls for many clients as for one."""
    client, counts = make(), []
    for clients in CLIENTS:
        before = len(stand_in.calls)
        for number in range(clients):
            for path in PATHS:
                answer = client.get(path, environ_base={"REMOTE_ADDR": f"198.18.0.{number + 1}"})
                assert answer.status_code == 200
        counts.append(len(stand_in.calls) - before)
        clock.advance(OUTDATED)

    assert counts[0] >= len(PATHS)
    assert counts == [counts[0]] * len(CLIENTS)
