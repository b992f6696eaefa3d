"""No test connects to another machine."""

import socket

import pytest
import requests

from tests.loopback import ReachedOutside


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_a_connection_to_elsewhere_fails_the_test(host: str) -> None:
    """A connection to another machine fails the test, by address or name, over IPv4 or IPv6."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(ReachedOutside):
        outside.connect((host, 443))
    with socket.socket(family) as outside, pytest.raises(ReachedOutside):
        outside.connect_ex((host, 443))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_library_gets_around_it() -> None:
    """The requests library, which the engine uses, cannot connect to another machine either."""
    with pytest.raises(ReachedOutside):
        requests.get("http://192.0.2.1/", timeout=1)
