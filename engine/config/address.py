"""The address to listen on: as gunicorn takes it, as a browser opens it, and why it cannot be had."""

import errno
import os
import socket

ANY = ("0.0.0.0", "::")  # noqa: S104 - compared, not listened on
LAST = 65535


def bind(host: str, port: int) -> str:
    """Return `host:port`, with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def url(host: str, port: int) -> str:
    """Return the URL at which a browser on this machine reaches the server; it ends with a slash."""
    return f"http://{bind('localhost' if host in ANY else host, port)}/"


def is_inherited() -> bool:
    """Return whether systemd listens there for this process, which inherits the sockets."""
    return "LISTEN_FDS" in os.environ


def refusal(host: str, port: int) -> str | None:
    """Return why this process cannot listen there and which setting to change, `None` if it can.

    The port is free again afterwards.
    """
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind((host, port))
    except OSError as error:
        return _explained(error, host, port)
    return None


def _explained(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return f"{host} is no address of this machine. Set HOST to one, or to 0.0.0.0 for all of them."
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < LAST else port - 1
        return f"Port {port} is in use. Stop the program that uses it, or set another port: PORT={other}"
    if error.errno == errno.EACCES:
        return f"Port {port} is for administrators only. Set PORT to one of 1024 and above."
    return f"{bind(host, port)} cannot be listened on ({error.strerror}). Set HOST or PORT."
