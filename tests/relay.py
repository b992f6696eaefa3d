"""A relay between clients and a server, which tests cut."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Relay:
    """A context manager in front of the server on `port`. `heard` has what each connection has sent."""

    def __init__(self, port: int) -> None:
        self.heard: list[bytearray] = []
        self._port = port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.cut()

    def cut(self) -> None:
        """End all connections without a word."""
        with self._lock:
            for each in self._open:
                with suppress(OSError):  # its other side is gone
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return  # the end
            server = socket.create_connection(("127.0.0.1", self._port))
            heard = bytearray()
            with self._lock:
                self._open |= {client, server}
                self.heard.append(heard)
            threading.Thread(target=self._pass, args=(client, server, heard), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, bytearray()), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, heard: bytearray) -> None:
        try:
            while data := source.recv(1 << 16):
                heard += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return  # one side is gone, or both were cut
