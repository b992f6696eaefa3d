"""The servers of tests start on ports of their own, and say why where they do not."""

import pytest

from tests.redis_server import RedisServer, needs_redis
from tests.running import free_port


def test_no_port_is_given_twice_in_a_row() -> None:
    """A server may be given a port long before it listens, as the nodes of a cluster are."""
    assert len({free_port() for _ in range(500)}) == 500


@needs_redis
def test_a_redis_that_does_not_start_says_why() -> None:
    """The failure has what it wrote, and nothing of it is left."""
    with pytest.raises(AssertionError, match="Bad directive"), RedisServer(nonsense="yes"):
        pass
