"""The address to listen on, and what is said where it cannot be had."""

import errno
import re
import socket
from collections.abc import Iterator

import pytest

from engine.config import address


@pytest.fixture
def taken() -> Iterator[int]:
    """Yield a port of this machine on which a program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "bound", "opened"),
    [
        ("0.0.0.0", "0.0.0.0:8000", "http://localhost:8000/"),
        ("127.0.0.1", "127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("::", "[::]:8000", "http://localhost:8000/"),
        ("::1", "[::1]:8000", "http://[::1]:8000/"),
        ("engine.local", "engine.local:8000", "http://engine.local:8000/"),
    ],
)
def test_an_address_is_written_as_it_is_used(host: str, bound: str, opened: str) -> None:
    """The server gets brackets around IPv6, and a browser an address that can be opened."""
    assert address.bind(host, 8000) == bound
    assert address.url(host, 8000) == opened


def test_sockets_of_systemd_are_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for which systemd has opened sockets inherits them."""
    monkeypatch.delenv("LISTEN_FDS", raising=False)
    assert not address.is_inherited()

    monkeypatch.setenv("LISTEN_FDS", "1")
    assert address.is_inherited()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_in_use_is_refused(taken: int, host: str) -> None:
    """A port on which another program listens is refused, with the setting to change."""
    told = address.refusal(host, taken)

    assert told
    assert told.startswith(f"Port {taken} is in use.")
    assert told.endswith(f"PORT={taken + 1}" if taken < 65535 else "PORT=65534")


def test_a_free_port_stays_free() -> None:
    """A free port is not refused, and can be had afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]

    assert address.refusal("127.0.0.1", free) is None
    assert address.refusal("127.0.0.1", free) is None


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    """An address of another machine is refused, with the setting to change."""
    assert (
        address.refusal(host, 8000)
        == f"{host} is no address of this machine. Set HOST to one, or to 0.0.0.0 for all of them."
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(errno.EACCES, "denied"), "Port 80 is for administrators only."),
        (socket.gaierror(-2, "unknown"), "localhost is no address of this machine."),
        (OSError(errno.ENOBUFS, "no space"), r"localhost:80 cannot be listened on \(no space\)\. Set HOST"),
    ],
    ids=["a port below 1024", "an unknown name", "anything else"],
)
def test_every_failure_names_a_setting(monkeypatch: pytest.MonkeyPatch, error: OSError, told: str) -> None:
    """Whatever the system refuses becomes a sentence with a setting."""

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(socket.socket, "bind", refuse)
    found = address.refusal("localhost", 80)

    assert found
    assert re.match(told, found)
