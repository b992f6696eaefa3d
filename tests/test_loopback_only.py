"""No test reaches anything but this machine."""

import socket

import pytest
import requests

from tests.conftest import ReachedOutside


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_a_connection_to_elsewhere_fails_the_test(host: str) -> None:
    """By address or by name, over either protocol."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(ReachedOutside):
        outside.connect((host, 443))
    with socket.socket(family) as outside, pytest.raises(ReachedOutside):
        outside.connect_ex((host, 443))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_library_gets_around_it() -> None:
    """Not requests either, which is what the engine asks with."""
    with pytest.raises(ReachedOutside):
        requests.get("http://192.0.2.1/", timeout=1)
