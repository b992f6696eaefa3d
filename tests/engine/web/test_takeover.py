"""A socket that a stream takes over is bounded in what it costs the system."""

import socket

from engine.web.streaming._takeover import KERNEL_BYTES, UNACKNOWLEDGED, Takeover


def test_the_system_keeps_little_for_a_client() -> None:
    """The system buffers little, so that a slow client is noticed early, and a lost one in half a minute."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        theirs = socket.create_connection(server.getsockname())
        ours, _ = server.accept()
    with ours, theirs:
        Takeover(lambda sock: None)(ours, "101 SWITCHING PROTOCOLS", ())

        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * KERNEL_BYTES
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNACKNOWLEDGED
        assert theirs.recv(100).startswith(b"HTTP/1.1 101 ")
