"""The log says why no answer came, with the host and without the rest of the address."""

import socket
import ssl
from collections.abc import Iterator

import pytest
import requests
import urllib3.exceptions

from providers import Unavailable
from providers._causes import cause
from providers._http import Http, Limits

URL = "https://user:hunter2@api.example.org/path?key=hunter2"


@pytest.fixture
def silent() -> Iterator[int]:
    """Yield the port of a server that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def logged(url: str, http: Http | None = None) -> str:
    """Return what the log has of the failure to get a URL."""
    with pytest.raises(Unavailable) as caught:
        (http or Http()).get(url, {"key": "hunter2"}, {})
    return str(caught.value)


def free_port() -> int:
    """Return a port that refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port: int = closed.getsockname()[1]
        return port


def test_real_failures_are_told_apart(silent: int) -> None:
    """A refused connection, a silent server, an unknown name and a dead proxy have words each."""
    brief = Limits(connect=0.3, read=0.05, total=0.5)
    proxied = Http(brief, proxies={"http": f"http://127.0.0.1:{free_port()}"})

    assert logged(f"http://127.0.0.1:{free_port()}/") == "127.0.0.1: the connection was refused"
    assert logged(f"http://127.0.0.1:{silent}/", Http(brief)) == "127.0.0.1: no answer in time"
    assert logged("http://no-such-host.invalid/") == "no-such-host.invalid: the name does not resolve"
    assert logged("http://api.example.org/", proxied) == "api.example.org: the proxy does not connect"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ssl.SSLCertVerificationError(1, "self-signed"), "the TLS certificate is not trusted"),
        (ssl.SSLError(1, "wrong version number"), "the TLS handshake failed"),
        (ConnectionResetError(104, "reset"), "the connection was reset"),
        (OSError(101, "Network is unreachable"), "the network is unreachable"),
        (urllib3.exceptions.ConnectTimeoutError(), "no connection in time"),
        (urllib3.exceptions.IncompleteRead(1, 2), "the connection ended early"),
        (ValueError(URL), "ValueError"),
    ],
)
@pytest.mark.parametrize("wrap", [lambda error: error, requests.ConnectionError], ids=["bare", "wrapped"])
def test_causes_are_found_inside_other_errors(error: Exception, words: str, wrap: type[Exception]) -> None:
    """The cause is named wherever the library has put it, and no part of the address but the host is."""
    found = cause(wrap(error), URL)

    assert found in (f"api.example.org: {words}", "api.example.org: ConnectionError")
    assert "hunter2" not in found
    assert words == "ValueError" or found.endswith(words)
